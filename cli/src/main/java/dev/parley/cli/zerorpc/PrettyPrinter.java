package dev.parley.cli.zerorpc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Prints values as Python's pprint does: in one line if it fits into 80 columns, otherwise maps with an entry and lists
 * with an item per line, and long texts as parts of one line each. Not thread-safe.
 */
final class PrettyPrinter {
    private static final int WIDTH = 80;
    /** Bytes are cut between so many. */
    private static final int BYTES = 4;

    private final StringBuilder out = new StringBuilder();

    private PrettyPrinter() {}

    /** The text of a value, without a line end. */
    static String format(@Nullable Object value) {
        PrettyPrinter printer = new PrettyPrinter();
        printer.print(value, 0, 0, true);
        return printer.out.toString();
    }

    /**
     * Prints a value.
     *
     * @param indent the column where it starts
     * @param behind how many columns what follows needs in its last line
     * @param outermost whether it is in no other value
     */
    private void print(@Nullable Object value, int indent, int behind, boolean outermost) {
        String line = PythonText.repr(value);
        if (PythonText.length(line) <= WIDTH - indent - behind) {
            out.append(line);
            return;
        }
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> entries(map, indent, behind);
            case List<?> list when !list.isEmpty() -> items(list, indent, behind);
            case String text -> text(text, indent, behind, outermost);
            case byte[] bytes when bytes.length > BYTES -> bytes(bytes, indent, behind, outermost);
            case null, default -> out.append(line);
        }
    }

    private void entries(Map<?, ?> map, int indent, int behind) {
        out.append('{');
        Iterator<Map.Entry<?, ?>> entries = PythonText.sorted(map).iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            String key = PythonText.repr(entry.getKey());
            out.append(key).append(": ");
            print(entry.getValue(), indent + 1 + PythonText.length(key) + 2, entries.hasNext() ? 1 : behind + 1, false);
            if (entries.hasNext()) {
                out.append(",\n").append(" ".repeat(indent + 1));
            }
        }
        out.append('}');
    }

    private void items(List<?> list, int indent, int behind) {
        out.append('[');
        Iterator<?> items = list.iterator();
        while (items.hasNext()) {
            Object item = items.next();
            print(item, indent + 1, items.hasNext() ? 1 : behind + 1, false);
            if (items.hasNext()) {
                out.append(",\n").append(" ".repeat(indent + 1));
            }
        }
        out.append(']');
    }

    private void text(String text, int indent, int behind, boolean outermost) {
        int column = outermost ? indent + 1 : indent;
        int after = outermost ? behind + 1 : behind;
        int width = WIDTH - column;
        List<String> parts = new ArrayList<>();
        Iterator<String> lines = PythonText.lines(text).iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            boolean last = !lines.hasNext();
            if (PythonText.length(PythonText.repr(line)) <= (last ? width - after : width)) {
                parts.add(PythonText.repr(line));
            } else {
                parts.addAll(
                        join(PythonText.words(line), String::concat, PythonText::repr, "", width, last ? after : 0));
            }
        }
        parts(parts, "", column, outermost && parts.size() > 1);
    }

    private void bytes(byte[] bytes, int indent, int behind, boolean outermost) {
        int column = outermost ? indent + 1 : indent;
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += BYTES) {
            pieces.add(Arrays.copyOfRange(bytes, at, Math.min(at + BYTES, bytes.length)));
        }
        // Room for what follows is left only if the last piece is not a whole one, as in Python.
        int after = bytes.length % BYTES == 0 ? 0 : outermost ? behind + 1 : behind;
        List<String> parts = join(pieces, PrettyPrinter::concat, PythonText::repr, new byte[0], WIDTH - column, after);
        parts(parts, "", column, outermost);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Joins pieces to parts that fit, and leaves room behind the last one. */
    private static <T> List<String> join(
            List<T> pieces,
            java.util.function.BinaryOperator<T> concat,
            Function<T, String> repr,
            T empty,
            int width,
            int after) {
        List<String> parts = new ArrayList<>();
        T current = empty;
        for (int i = 0; i < pieces.size(); i++) {
            T candidate = concat.apply(current, pieces.get(i));
            int room = i == pieces.size() - 1 ? width - after : width;
            if (PythonText.length(repr.apply(candidate)) > room) {
                if (!repr.apply(current).equals(repr.apply(empty))) {
                    parts.add(repr.apply(current));
                }
                current = pieces.get(i);
            } else {
                current = candidate;
            }
        }
        parts.add(repr.apply(current));
        return parts;
    }

    private void parts(List<String> parts, String start, int column, boolean parentheses) {
        out.append(parentheses ? "(" : start);
        out.append(String.join("\n" + " ".repeat(column), parts));
        out.append(parentheses ? ")" : "");
    }
}
