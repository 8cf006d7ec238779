package dev.parley.cli;

import dev.parley.spi.PrintableText;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Prints results: pretty and coloured on a terminal, one compact JSON text per line elsewhere, or as they are. */
final class ValuePrinter {
    private static final String INDENT = "  ";

    @Option(
            names = "--raw",
            description =
                    "Print text without quotes, bytes as they are, and nothing for null. Control characters in text are not shown on a terminal.")
    private boolean raw;

    /** Prints a result and ends the line. */
    void print(@Nullable Object value, Terminal terminal) {
        if (raw && value instanceof byte[] bytes) {
            terminal.out().writeBytes(bytes);
            terminal.out().flush();
        } else if (raw && value == null) {
            return;
        } else if (raw && value instanceof String text) {
            terminal.result(terminal.interactive() ? PrintableText.lines(text) : text);
        } else if (raw || !terminal.interactive()) {
            terminal.result(Json.mapper().writeValueAsString(value));
        } else {
            StringBuilder text = new StringBuilder();
            write(Json.mapper().valueToTree(value), "", terminal.colourOut(), text);
            terminal.result(text.toString());
        }
    }

    private static void write(JsonNode node, String indent, boolean colour, StringBuilder text) {
        String deeper = indent + INDENT;
        if (node.isObject() && !node.isEmpty()) {
            text.append('{');
            Iterator<Map.Entry<String, JsonNode>> members = node.properties().iterator();
            while (members.hasNext()) {
                Map.Entry<String, JsonNode> member = members.next();
                text.append('\n').append(deeper);
                text.append(Style.BLUE.apply(Json.mapper().writeValueAsString(member.getKey()), colour));
                text.append(": ");
                write(member.getValue(), deeper, colour, text);
                text.append(members.hasNext() ? "," : "");
            }
            text.append('\n').append(indent).append('}');
        } else if (node.isArray() && !node.isEmpty()) {
            boolean flat = node.values().stream().noneMatch(JsonNode::isContainer);
            text.append('[');
            Iterator<JsonNode> items = node.values().iterator();
            while (items.hasNext()) {
                text.append(flat ? "" : "\n" + deeper);
                write(items.next(), deeper, colour, text);
                text.append(items.hasNext() ? flat ? ", " : "," : "");
            }
            text.append(flat ? "" : "\n" + indent).append(']');
        } else {
            text.append(scalar(node, colour));
        }
    }

    private static String scalar(JsonNode node, boolean colour) {
        String text = Json.mapper().writeValueAsString(node);
        if (node.isString() || node.isBinary()) {
            return Style.GREEN.apply(text, colour);
        } else if (node.isNumber()) {
            return Style.CYAN.apply(text, colour);
        } else if (node.isBoolean()) {
            return Style.YELLOW.apply(text, colour);
        }
        return node.isNull() ? Style.DIM.apply(text, colour) : text;
    }
}
