package dev.parley.javadoc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a doc comment as plain text. Immutable.
 *
 * @param text the main description; {@code null} for none
 * @param parameters the descriptions of parameters by name
 * @param result the description of the result; {@code null} for none
 * @param exceptions the descriptions of exceptions by type, as it is written
 */
record JavadocComment(
        @Nullable String text,
        Map<String, String> parameters,
        @Nullable String result,
        Map<String, String> exceptions) {
    private static final Pattern TAG = Pattern.compile("\\s*@(\\w+)\\s*(.*)", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile("(\\S+)\\s*(.*)", Pattern.DOTALL);
    private static final String RETURN = "{@return ";

    /** Reads a comment without its slashes and stars, as {@code Elements.getDocComment} gives it. */
    static JavadocComment parse(String comment) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> exceptions = new LinkedHashMap<>();
        List<String> blocks = blocks(comment);
        String text = plain(blocks.getFirst());
        String result = implied(blocks.getFirst());
        String deprecated = null;
        for (String block : blocks.subList(1, blocks.size())) {
            Matcher tag = TAG.matcher(block);
            if (!tag.matches()) {
                continue;
            }
            String content = tag.group(2);
            switch (tag.group(1)) {
                case "return" -> result = plain(content);
                case "deprecated" -> deprecated = plain(content);
                case "param" -> named(content, parameters);
                case "throws", "exception" -> named(content, exceptions);
                default -> {
                    // For readers of the source.
                }
            }
        }
        if (deprecated != null) {
            text = (text == null ? "" : text + "\n\n") + "Deprecated: " + deprecated;
        }
        return new JavadocComment(text, parameters, result, exceptions);
    }

    /** The main description, and each block tag with its text. */
    private static List<String> blocks(String comment) {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        int braces = 0;
        for (String line : (Iterable<String>) comment.lines()::iterator) {
            // Within an inline tag, such as a code sample, a line may begin with an annotation.
            if (braces <= 0 && TAG.matcher(line).matches()) {
                blocks.add(block.toString());
                block.setLength(0);
                braces = 0;
            }
            for (int i = 0; i < line.length(); i++) {
                if (line.charAt(i) == '{' && (braces > 0 || line.startsWith("{@", i))) {
                    braces++;
                } else if (line.charAt(i) == '}' && braces > 0) {
                    braces--;
                }
            }
            block.append(line).append('\n');
        }
        blocks.add(block.toString());
        return blocks;
    }

    private static void named(String content, Map<String, String> into) {
        Matcher named = NAMED.matcher(content);
        // A type parameter is nothing that a caller passes.
        if (named.matches() && !named.group(1).startsWith("<")) {
            String text = plain(named.group(2));
            if (text != null) {
                into.putIfAbsent(named.group(1), text);
            }
        }
    }

    /** What <code>{@return …}</code> at the beginning says of the result. */
    private static @Nullable String implied(String description) {
        String text = description.strip();
        if (!text.startsWith(RETURN)) {
            return null;
        }
        int end = JavadocText.end(text, 1);
        return plain(text.substring(RETURN.length(), end));
    }

    private static @Nullable String plain(String markup) {
        String text = JavadocText.plain(markup);
        return text.isEmpty() ? null : text;
    }
}
