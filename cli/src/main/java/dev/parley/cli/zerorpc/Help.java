package dev.parley.cli.zerorpc;

import java.util.ArrayList;
import java.util.List;

/** The usage, laid out as argparse does, and the help of a command. Immutable. */
final class Help {
    private static final String PREFIX = "usage: ";
    private static final int HELP_COLUMN = 24;
    private static final int NARROWEST = 11;

    private final String program;
    private final List<String> options;
    private final List<String> positionals;
    private final int width;

    /**
     * A help.
     *
     * @param options how the usage shows each of them
     * @param positionals the same
     * @param columns the terminal's width
     */
    Help(String program, List<String> options, List<String> positionals, int columns) {
        this.program = program;
        this.options = List.copyOf(options);
        this.positionals = List.copyOf(positionals);
        // As argparse: two columns stay free.
        this.width = Math.max(columns - 2, NARROWEST);
    }

    /** The usage, with the end of its last line. */
    String usage() {
        String one = program + " " + String.join(" ", options) + " " + String.join(" ", positionals);
        if (PREFIX.length() + one.length() <= width) {
            return PREFIX + one + "\n";
        }
        List<String> lines = new ArrayList<>();
        if (PREFIX.length() + program.length() <= 0.75 * width) {
            String indent = " ".repeat(PREFIX.length() + program.length() + 1);
            List<String> first = new ArrayList<>();
            first.add(program);
            first.addAll(options);
            List<String> wrapped = lines(first, indent, PREFIX.length() - 1);
            lines.add(wrapped.getFirst().substring(indent.length()));
            lines.addAll(wrapped.subList(1, wrapped.size()));
            lines.addAll(lines(positionals, indent, indent.length() - 1));
        } else {
            String indent = " ".repeat(PREFIX.length());
            lines.add(program);
            lines.addAll(lines(options, indent, indent.length() - 1));
            lines.addAll(lines(positionals, indent, indent.length() - 1));
        }
        return PREFIX + String.join("\n", lines) + "\n";
    }

    private List<String> lines(List<String> parts, String indent, int firstLength) {
        List<String> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        int length = firstLength;
        for (String part : parts) {
            if (length + 1 + part.length() > width && !line.isEmpty()) {
                lines.add(indent + String.join(" ", line));
                line.clear();
                length = indent.length() - 1;
            }
            line.add(part);
            length += part.length() + 1;
        }
        if (!line.isEmpty()) {
            lines.add(indent + String.join(" ", line));
        }
        return lines;
    }

    /** An entry of a list: what is described, and its description beside or below it. */
    String entry(String left, String text) {
        StringBuilder out = new StringBuilder("  ").append(left);
        if (left.length() + 4 > HELP_COLUMN) {
            out.append('\n').append(" ".repeat(HELP_COLUMN));
        } else {
            out.append(" ".repeat(HELP_COLUMN - 2 - left.length()));
        }
        int column = HELP_COLUMN;
        boolean start = true;
        for (String word : text.split(" ")) {
            if (!start && column + 1 + word.length() > width) {
                out.append('\n').append(" ".repeat(HELP_COLUMN));
                column = HELP_COLUMN;
                start = true;
            }
            out.append(start ? "" : " ").append(word);
            column += word.length() + (start ? 0 : 1);
            start = false;
        }
        return out.append('\n').toString();
    }
}
