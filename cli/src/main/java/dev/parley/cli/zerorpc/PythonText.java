package dev.parley.cli.zerorpc;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of results as Python's repr shows them. */
final class PythonText {
    /** As Python compares text: by code points. */
    static final Comparator<String> BY_CODE_POINTS = (one, other) -> {
        int at = 0;
        int end = Math.min(one.length(), other.length());
        while (at < end) {
            int left = one.codePointAt(at);
            int right = other.codePointAt(at);
            if (left != right) {
                return Integer.compare(left, right);
            }
            at += Character.charCount(left);
        }
        return Integer.compare(one.length(), other.length());
    };

    private static final int LOWEST_PLAIN_EXPONENT = -4;
    private static final int LOWEST_SCIENTIFIC_EXPONENT = 16;
    private static final int DELETE = 0x7f;
    private static final int LATIN_END = 0x100;
    private static final int BASIC_END = 0x10000;

    private PythonText() {}

    /** A value in one line; the keys of maps are sorted. */
    static String repr(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean flag -> flag ? "True" : "False";
            case String text -> repr(text);
            case byte[] bytes -> repr(bytes);
            case Double number -> repr(number.doubleValue());
            case Float number -> repr(number.doubleValue());
            case Map<?, ?> map ->
                sorted(map).stream()
                        .map(entry -> repr(entry.getKey()) + ": " + repr(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case List<?> list -> list.stream().map(PythonText::repr).collect(Collectors.joining(", ", "[", "]"));
            case Instant time -> "Timestamp(seconds=" + time.getEpochSecond() + ", nanoseconds=" + time.getNano() + ")";
            default -> value.toString();
        };
    }

    /** The entries of a map in the order of its keys. */
    static List<Map.Entry<?, ?>> sorted(Map<?, ?> map) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        entries.sort(Comparator.comparing(entry -> String.valueOf(entry.getKey()), BY_CODE_POINTS));
        return entries;
    }

    /** The shortest text of a number that is read as the same number. */
    static String repr(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        } else if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        } else if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        String sign = number < 0 ? "-" : "";
        if (exponent >= LOWEST_PLAIN_EXPONENT && exponent < LOWEST_SCIENTIFIC_EXPONENT) {
            String plain = decimal.toPlainString();
            return sign + plain + (plain.contains(".") ? "" : ".0");
        }
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return "%s%s%se%s%02d"
                .formatted(sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** Text in quotes, with what cannot be printed escaped. */
    static String repr(String text) {
        StringBuilder out = new StringBuilder();
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            if (c == quote || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (isPrintable(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(escape(c));
            }
        });
        return out.append(quote).toString();
    }

    /** Bytes in quotes behind a b. */
    static String repr(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        StringBuilder out = new StringBuilder("b");
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        out.append(quote);
        text.chars().forEach(c -> {
            if (c == quote || c == '\\') {
                out.append('\\').append((char) c);
            } else {
                out.append(c >= ' ' && c < DELETE ? String.valueOf((char) c) : escape(c));
            }
        });
        return out.append(quote).toString();
    }

    private static String escape(int c) {
        return switch (c) {
            case '\t' -> "\\t";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default ->
                c < LATIN_END
                        ? "\\x%02x".formatted(c)
                        : c < BASIC_END ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
        };
    }

    private static boolean isPrintable(int c) {
        return c == ' '
                || switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }

    /** How many characters Python counts. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Whether Python takes a character for white space. */
    static boolean isSpace(int c) {
        return c >= '\t' && c <= '\r'
                || c >= 0x1c && c <= 0x1f
                || c == 0x85
                || Character.getType(c) == Character.SPACE_SEPARATOR
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
    }

    /** The lines of a text with their ends, at every character that Python takes for the end of a line. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (!isLineEnd(c) || c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
                continue;
            }
            lines.add(text.substring(start, at + 1));
            start = at + 1;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    private static boolean isLineEnd(char c) {
        return c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Words, each with the white space behind it. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        boolean space = false;
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (!isSpace(c) && space) {
                words.add(text.substring(start, at));
                start = at;
            }
            space = isSpace(c);
            at += Character.charCount(c);
        }
        if (start < text.length()) {
            words.add(text.substring(start));
        }
        return words;
    }
}
