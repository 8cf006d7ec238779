package dev.parley.xmlrpc.format;

import java.util.Arrays;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.ContentReference;

/** The characters of an XML document and a place among them: text, references, names, and errors that tell the place. Not thread-safe. */
abstract class XmlCursor {
    /** Of the characters below 128: those at which plain text may end or that need a look. */
    private static final boolean[] SPECIAL = new boolean[128];

    static {
        Arrays.fill(SPECIAL, 0, ' ', true);
        SPECIAL['\t'] = false;
        SPECIAL['\n'] = false;
        SPECIAL['<'] = true;
        SPECIAL['&'] = true;
        SPECIAL['>'] = true;
    }

    final char[] in;
    final int end;
    final StreamReadConstraints constraints;
    private final ContentReference source;
    int pos;

    XmlCursor(char[] in, int end, StreamReadConstraints constraints, ContentReference source) {
        this.in = in;
        this.end = end;
        this.constraints = constraints;
        this.source = source;
    }

    /** The error of a document that ends too early. */
    abstract StreamReadException cut();

    /** Where reading stands. */
    TokenStreamLocation location() {
        return location(pos);
    }

    TokenStreamLocation location(int at) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (in[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new TokenStreamLocation(source, -1L, at, line, at - lineStart + 1);
    }

    StreamReadException error(String message) {
        return new StreamReadException(null, message, location(pos));
    }

    String excerpt() {
        int length = Math.min(20, end - pos);
        return "'" + new String(in, pos, length).strip() + (end - pos > length ? "…'" : "'");
    }

    // --- text

    /** Runs over plain text up to a character that needs a look. */
    void plain() {
        int p = pos;
        while (p < end) {
            char c = in[p];
            if (c < 128) {
                if (SPECIAL[c]) {
                    if (c != '>') {
                        break;
                    }
                    if (p >= pos + 2 && in[p - 1] == ']' && in[p - 2] == ']') {
                        pos = p - 2;
                        throw error("']]>' in text; write ']]&gt;'");
                    }
                }
                p++;
            } else if (c < 0xD800 || c >= 0xE000 && c < 0xFFFE) {
                p++;
            } else if (Character.isHighSurrogate(c) && p + 1 < end && Character.isLowSurrogate(in[p + 1])) {
                p += 2;
            } else {
                break;
            }
        }
        pos = p;
        if (p < end && in[p] != '<' && in[p] != '&' && in[p] != '\r') {
            throw illegal(in[p]);
        }
    }

    StreamReadException illegal(int c) {
        return error(String.format("character U+%04X, which XML 1.0 does not allow", c));
    }

    void check(int from, int to) {
        for (int p = from; p < to; p++) {
            char c = in[p];
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0xFFFE || Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c) && p + 1 < to && Character.isLowSurrogate(in[p + 1])) {
                    p++;
                    continue;
                }
                pos = p;
                throw illegal(c);
            }
        }
    }

    void cdata(StringBuilder text) {
        int from = pos + "<![CDATA[".length();
        int close = find("]]>", from);
        check(from, close);
        for (int p = from; p < close; p++) {
            char c = in[p];
            if (c == '\r') {
                text.append('\n');
                if (in[p + 1] == '\n') {
                    p++;
                }
            } else {
                text.append(c);
            }
        }
        pos = close + 3;
    }

    int reference() {
        int close = pos + 1;
        while (close < end && in[close] != ';' && close - pos < 12) {
            close++;
        }
        if (close == end || in[close] != ';') {
            throw error("'&' without an entity; write '&amp;'");
        }
        String name = new String(in, pos + 1, close - pos - 1);
        int c = switch (name) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "amp" -> '&';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> character(name);
        };
        pos = close + 1;
        return c;
    }

    int character(String name) {
        if (!name.startsWith("#")) {
            throw error("the entity '&" + name
                    + ";': only &lt; &gt; &amp; &quot; &apos; and character references are allowed");
        }
        int radix = name.startsWith("#x") ? 16 : 10;
        String digits = name.substring(radix == 16 ? 2 : 1);
        int c = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 128 ? Character.digit(digits.charAt(i), radix) : -1;
            if (digit < 0 || c > Character.MAX_CODE_POINT) {
                throw error("'&" + name + ";' is no character");
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
            throw error("'&" + name + ";' is no character that XML 1.0 allows");
        }
        return c;
    }

    // --- names and characters

    /** The end of the name that starts at {@code from}. */
    int name(int from, String what) {
        int p = from;
        while (p < end && nameCharacter(in[p])) {
            p++;
        }
        if (p == end) {
            throw cut();
        }
        if (p == from || in[from] == '-' || in[from] == '.' || in[from] >= '0' && in[from] <= '9') {
            pos = from;
            throw error(excerpt() + " where " + what + " is due; write '&lt;' for the character '<'");
        }
        constraints.validateNameLength(p - from);
        return p;
    }

    static boolean nameCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '.'
                || c == '-'
                || c == '_'
                || c == ':'
                || c > 0xBF && c < 0xFFFE && c != 0xD7 && c != 0xF7;
    }

    boolean same(String name, int start) {
        for (int i = 0; i < name.length(); i++) {
            if (in[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    void skipBlanks() {
        while (pos < end && blank(in[pos])) {
            pos++;
        }
    }

    static boolean blank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    boolean at(String what) {
        return end - pos >= what.length() && same(what, pos);
    }

    /** Where {@code what} is found next; the document may not end before it. */
    int find(String what, int from) {
        for (int p = from; p + what.length() <= end; p++) {
            if (in[p] == what.charAt(0) && same(what, p)) {
                return p;
            }
        }
        throw cut();
    }
}
