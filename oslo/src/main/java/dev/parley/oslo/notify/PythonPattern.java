package dev.parley.oslo.notify;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Compiles regular expressions in Python's syntax. Most of it is Java's too; this translates the rest: named groups,
 * comments, {@code \Z}, {@code {,3}}, brackets and {@code &&} in a character class. Classes such as {@code \w} and
 * {@code \d}, and ignoring case, mean all of Unicode, and only a line feed ends a line, as in Python. Confined to one
 * thread.
 */
final class PythonPattern {
    private static final int FLAGS = Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE;

    private final String source;
    private final StringBuilder result = new StringBuilder();
    private final Map<String, String> groups = new HashMap<>();
    private int at;

    private PythonPattern(String source) {
        this.source = source;
    }

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException if it is not valid, or Java has nothing like it
     */
    static Pattern compile(String expression) {
        String java = new PythonPattern(Objects.requireNonNull(expression, "expression")).translate();
        try {
            return Pattern.compile(java, FLAGS);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + expression + "' is not a valid regular expression: " + e.getDescription(), e);
        }
    }

    private String translate() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '\\') {
                escape(false);
            } else if (c == '[') {
                characterClass();
            } else if (source.startsWith("(?P<", at)) {
                result.append("(?<").append(group(upTo('>', at + 4))).append('>');
            } else if (source.startsWith("(?P=", at)) {
                result.append("\\k<").append(group(upTo(')', at + 4))).append('>');
            } else if (source.startsWith("(?#", at)) {
                String unused = upTo(')', at + 3); // A comment.
            } else if (source.startsWith("{,", at)) {
                result.append("{0,");
                at += 2;
            } else if (source.startsWith("(?(", at)) {
                throw new IllegalArgumentException(
                        "'" + source + "' has a conditional group (?(…)…), which Java does not support");
            } else {
                result.append(c);
                at++;
            }
        }
        return result.toString();
    }

    /** A name that Java allows: it has no underscores in names of groups. */
    private String group(String name) {
        return groups.computeIfAbsent(name, key -> "g" + (groups.size() + 1));
    }

    private String upTo(char end, int from) {
        int to = source.indexOf(end, from);
        if (to < 0) {
            throw new IllegalArgumentException("'" + source + "' is not a valid regular expression: missing " + end);
        }
        at = to + 1;
        return source.substring(from, to);
    }

    private void escape(boolean inClass) {
        Character next = at + 1 < source.length() ? (Character) source.charAt(at + 1) : null;
        at += 2;
        String translated = next == null ? null : special(next, inClass);
        if (translated != null) {
            result.append(translated);
        } else if (next != null) {
            result.append('\\').append(next.charValue());
        } else {
            result.append('\\'); // Pattern says what is wrong.
            at = source.length();
        }
    }

    private @Nullable String special(char next, boolean inClass) {
        return switch (next) {
            case 'Z' -> "\\z";
            case 'v' -> "\\x0B"; // In Java any vertical space.
            case 'b' -> inClass ? "\\x08" : null;
            default -> null;
        };
    }

    private void characterClass() {
        result.append('[');
        at++;
        if (at < source.length() && source.charAt(at) == '^') {
            result.append('^');
            at++;
        }
        // A bracket that comes first is one of the characters.
        for (boolean first = true; at < source.length(); first = false) {
            char c = source.charAt(at);
            if (c == ']' && !first) {
                result.append(']');
                at++;
                return;
            } else if (c == '\\') {
                escape(true);
            } else {
                if (c == '[' || c == ']' || c == '&') {
                    result.append('\\');
                }
                result.append(c);
                at++;
            }
        }
    }
}
