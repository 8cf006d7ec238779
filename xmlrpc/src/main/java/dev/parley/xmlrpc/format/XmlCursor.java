package dev.parley.xmlrpc.format;

import java.util.Arrays;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.ContentReference;

/**
 * The characters of an XML document and a position among them: character data, references, names, and errors with line
 * and column. It knows nothing of elements.
 *
 * <p>Not thread-safe.
 */
final class XmlCursor {
    /** The characters below 128 at which plain text may end or that need a check. */
    private static final boolean[] SPECIAL = new boolean[128];

    static {
        Arrays.fill(SPECIAL, 0, ' ', true);
        SPECIAL['\t'] = false;
        SPECIAL['\n'] = false;
        SPECIAL['<'] = true;
        SPECIAL['&'] = true;
        SPECIAL['>'] = true;
    }

    /** The characters of the document, and perhaps unused ones after {@link #end}. */
    final char[] chars;
    /** The number of characters of the document. */
    final int end;

    /** The index of the next character to read. */
    int pos;

    private final StreamReadConstraints constraints;
    private final ContentReference source;

    XmlCursor(char[] chars, int end, StreamReadConstraints constraints, ContentReference source) {
        this.chars = chars;
        this.end = end;
        this.constraints = constraints;
        this.source = source;
    }

    // --- errors

    /** The line and column of a character. Takes time linear in the document. */
    TokenStreamLocation location(int at) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (chars[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new TokenStreamLocation(source, -1L, at, line, at - lineStart + 1);
    }

    /** An error at the current position. */
    StreamReadException error(String message) {
        return new StreamReadException(null, message, location(pos));
    }

    /** The next characters, quoted, for an error message. */
    String excerpt() {
        int length = Math.min(20, end - pos);
        return "'" + new String(chars, pos, length).strip() + (end - pos > length ? "…'" : "'");
    }

    private StreamReadException illegalCharacter(int c) {
        return error(String.format("character U+%04X, which XML 1.0 does not allow", c));
    }

    // --- character data

    /** Skips plain text, up to {@code <}, {@code &}, a carriage return or the end of the document. */
    void skipPlainText() {
        int p = pos;
        while (p < end) {
            char c = chars[p];
            if (c < 128) {
                if (SPECIAL[c]) {
                    if (c != '>') {
                        break;
                    }
                    if (p >= pos + 2 && chars[p - 1] == ']' && chars[p - 2] == ']') {
                        pos = p - 2;
                        throw error("']]>' in text; write ']]&gt;'");
                    }
                }
                p++;
            } else if (c < 0xD800 || c >= 0xE000 && c < 0xFFFE) {
                p++;
            } else if (Character.isHighSurrogate(c) && p + 1 < end && Character.isLowSurrogate(chars[p + 1])) {
                p += 2;
            } else {
                break;
            }
        }
        pos = p;
        if (p < end && chars[p] != '<' && chars[p] != '&' && chars[p] != '\r') {
            throw illegalCharacter(chars[p]);
        }
    }

    /**
     * Checks that XML 1.0 allows every character of a range.
     *
     * @throws StreamReadException if not, at that character
     */
    void checkCharacters(int from, int to) {
        for (int p = from; p < to; p++) {
            char c = chars[p];
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0xFFFE || Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c) && p + 1 < to && Character.isLowSurrogate(chars[p + 1])) {
                    p++;
                    continue;
                }
                pos = p;
                throw illegalCharacter(c);
            }
        }
    }

    /** Reads the reference that starts here and returns its character. */
    int reference() {
        int close = pos + 1;
        while (close < end && chars[close] != ';' && close - pos < 12) {
            close++;
        }
        if (close == end || chars[close] != ';') {
            throw error("'&' does not start an entity reference; write '&amp;'");
        }
        String name = new String(chars, pos + 1, close - pos - 1);
        int c = switch (name) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "amp" -> '&';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> characterReference(name);
        };
        pos = close + 1;
        return c;
    }

    private int characterReference(String name) {
        if (!name.startsWith("#")) {
            throw error("unsupported entity '&" + name
                    + ";': only &lt; &gt; &amp; &quot; &apos; and character references are supported");
        }
        int radix = name.startsWith("#x") ? 16 : 10;
        String digits = name.substring(radix == 16 ? 2 : 1);
        int c = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 128 ? Character.digit(digits.charAt(i), radix) : -1;
            if (digit < 0 || c > Character.MAX_CODE_POINT) {
                throw error("'&" + name + ";' is not a character");
            }
            c = c * radix + digit;
        }
        boolean allowed = c == '\t'
                || c == '\n'
                || c == '\r'
                || c >= ' ' && c < 0xD800
                || c >= 0xE000 && c < 0xFFFE
                || c >= 0x10000 && c <= Character.MAX_CODE_POINT;
        if (digits.isEmpty() || !allowed) {
            throw error("'&" + name + ";' is not a character that XML 1.0 allows");
        }
        return c;
    }

    // --- names and characters

    /**
     * The end of the name that starts at {@code from}; -1 if the document ends in it.
     *
     * @param what what the name is, for the error if there is none
     */
    int endOfName(int from, String what) {
        int p = from;
        while (p < end && isNameCharacter(chars[p])) {
            p++;
        }
        if (p == end) {
            return -1;
        }
        if (p == from || chars[from] == '-' || chars[from] == '.' || chars[from] >= '0' && chars[from] <= '9') {
            pos = from;
            throw error("expected " + what + " but found " + excerpt() + "; write '&lt;' for the character '<'");
        }
        constraints.validateNameLength(p - from);
        return p;
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '.'
                || c == '-'
                || c == '_'
                || c == ':'
                || c > 0xBF && c < 0xFFFE && c != 0xD7 && c != 0xF7;
    }

    /** Whether these characters start with a text; the caller has checked that there are enough. */
    static boolean matches(char[] chars, int start, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (chars[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void skipBlanks() {
        int p = pos;
        while (p < end && isBlank(chars[p])) {
            p++;
        }
        pos = p;
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** Whether this text comes next. */
    boolean at(String text) {
        return end - pos >= text.length() && matches(chars, pos, text);
    }

    /** The index of the next occurrence of a text; -1 if there is none. */
    int find(String text, int from) {
        for (int p = from; p + text.length() <= end; p++) {
            if (chars[p] == text.charAt(0) && matches(chars, p, text)) {
                return p;
            }
        }
        return -1;
    }
}
