package dev.parley.xmlrpc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.ContentReference;

/**
 * The tags and texts of an XML document, one after the other: as much of XML 1.0 as XML-RPC needs, and strict about it. Comments, processing instructions and
 * attributes are skipped; a document type declaration is refused, and so is every entity but the five of XML itself, so there is nothing to expand and nothing
 * to fetch.
 *
 * <p>Every step is linear in the document and keeps nothing of the names it meets. That is why this is no general XML parser: those measured intern each name
 * in a table that all documents share, and take minutes over a start tag of a few hundred thousand attributes.
 *
 * <p>Not thread-safe.
 */
final class XmlScanner {
    /** Of the characters below 128: those at which plain text may end or that need a look. */
    private static final boolean[] SPECIAL = new boolean[128];

    private static final String[] NAMES = new String[256];

    static {
        Arrays.fill(SPECIAL, 0, ' ', true);
        SPECIAL['\t'] = false;
        SPECIAL['\n'] = false;
        SPECIAL['<'] = true;
        SPECIAL['&'] = true;
        SPECIAL['>'] = true;
        for (String name : new String[] {
            "methodCall",
            "methodName",
            "methodResponse",
            "params",
            "param",
            "fault",
            "value",
            "array",
            "data",
            "struct",
            "member",
            "name",
            "int",
            "i4",
            "i8",
            "i1",
            "i2",
            "biginteger",
            "bigdecimal",
            "float",
            "double",
            "boolean",
            "string",
            "dateTime.iso8601",
            "base64",
            "nil"
        }) {
            int slot = hash(name.charAt(0), name.charAt(name.length() - 1), name.length());
            while (NAMES[slot] != null) {
                slot = (slot + 1) & 0xFF;
            }
            NAMES[slot] = name;
        }
    }

    private final char[] in;
    private final int end;
    private final StreamReadConstraints constraints;
    private final ContentReference source;
    private int pos;

    private String tag = "";
    private boolean opening;
    private int tagStart;
    private boolean selfClosed;

    /** Where the names of the open elements lie: offset, length, offset, length. */
    private int[] open = new int[32];

    private int depth;

    XmlScanner(char[] in, int end, StreamReadConstraints constraints, ContentReference source) {
        this.in = in;
        this.end = end;
        this.constraints = constraints;
        this.source = source;
        declaration();
    }

    /** The current tag's name without its prefix. */
    String tag() {
        return tag;
    }

    /** Whether the current tag is the start tag {@code <name>}. */
    boolean opens(String name) {
        return opening && tag.equals(name);
    }

    /** Whether the current tag is the end tag {@code </name>}. */
    boolean closes(String name) {
        return !opening && tag.equals(name);
    }

    /** Whether the current tag is a start tag. */
    boolean opening() {
        return opening;
    }

    /** Goes to the next tag; only blanks may stand before it. */
    void next() {
        if (selfClosed) {
            closeSelf();
            return;
        }
        do {
            skipBlanks();
            if (pos == end) {
                throw cut();
            }
            if (in[pos] != '<' || at("<![CDATA[")) {
                throw error("text " + excerpt() + " where a tag is due");
            }
        } while (!markup());
    }

    /** The text up to the next tag, which becomes the current one. */
    String text() {
        if (selfClosed) {
            closeSelf();
            return "";
        }
        int from = pos;
        StringBuilder parts = null;
        while (true) {
            plain();
            int length = pos - from + (parts == null ? 0 : parts.length());
            constraints.validateStringLength(length);
            if (pos == end) {
                throw cut();
            }
            char c = in[pos];
            if (c == '<'
                    && parts == null
                    && in[Math.min(pos + 1, end - 1)] != '!'
                    && in[Math.min(pos + 1, end - 1)] != '?') {
                String text = new String(in, from, pos - from);
                markup();
                return text;
            }
            if (parts == null) {
                parts = new StringBuilder(length + 16);
            }
            parts.append(in, from, pos - from);
            if (c == '&') {
                parts.appendCodePoint(reference());
            } else if (c == '\r') {
                parts.append('\n');
                pos += pos + 1 < end && in[pos + 1] == '\n' ? 2 : 1;
            } else if (at("<![CDATA[")) {
                cdata(parts);
            } else if (markup()) {
                constraints.validateStringLength(parts.length());
                return parts.toString();
            }
            from = pos;
        }
    }

    /** Reads to the end of the document: nothing may follow the root element but comments and processing instructions. */
    void finish() {
        if (depth > 0 || selfClosed) {
            throw error("<" + tag + "> where the document should end");
        }
        while (true) {
            skipBlanks();
            if (pos == end) {
                return;
            }
            if (!(at("<!--") || at("<?"))) {
                throw error(excerpt() + " after the end of the document");
            }
            markup();
        }
    }

    /** Where the current tag starts. */
    TokenStreamLocation tagLocation() {
        return location(tagStart);
    }

    /** Where reading stands. */
    TokenStreamLocation location() {
        return location(pos);
    }

    /** An error at the current tag. */
    StreamReadException refuse(String message) {
        return new StreamReadException(null, message, tagLocation());
    }

    private TokenStreamLocation location(int at) {
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

    private StreamReadException error(String message) {
        return new StreamReadException(null, message, location(pos));
    }

    private StreamReadException cut() {
        pos = end;
        return error(
                depth > 0
                        ? "the document ends inside <" + openName() + ">"
                        : "the document ends before its root element");
    }

    private String openName() {
        return new String(in, open[2 * depth - 2], open[2 * depth - 1]);
    }

    private String excerpt() {
        int length = Math.min(20, end - pos);
        return "'" + new String(in, pos, length).strip() + (end - pos > length ? "…'" : "'");
    }

    // --- text

    /** Runs over plain text up to a character that needs a look. */
    private void plain() {
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

    private StreamReadException illegal(int c) {
        return error(String.format("character U+%04X, which XML 1.0 does not allow", c));
    }

    private void check(int from, int to) {
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

    private void cdata(StringBuilder text) {
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

    private int reference() {
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

    private int character(String name) {
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

    // --- markup

    /** Reads what starts with {@code <} here; true if it was a tag. */
    private boolean markup() {
        tagStart = pos;
        char c = pos + 1 < end ? in[pos + 1] : '\0';
        if (c == '/') {
            endTag();
            return true;
        }
        if (c == '?') {
            instruction();
            return false;
        }
        if (c == '!') {
            comment();
            return false;
        }
        startTag();
        return true;
    }

    private void startTag() {
        int from = pos + 1;
        pos = name(from, "a tag's name");
        if (depth * 2 == open.length) {
            open = Arrays.copyOf(open, open.length * 2);
        }
        open[2 * depth] = from;
        open[2 * depth + 1] = pos - from;
        depth++;
        tag = local(from, pos);
        opening = true;
        while (true) {
            int before = pos;
            skipBlanks();
            if (pos == end) {
                throw cut();
            }
            char c = in[pos];
            if (c == '>') {
                pos++;
                return;
            }
            if (c == '/') {
                if (pos + 1 == end) {
                    throw cut();
                }
                if (in[pos + 1] != '>') {
                    throw error("'/' without '>' in the tag <" + tag + ">");
                }
                pos += 2;
                selfClosed = true;
                return;
            }
            if (before == pos) {
                throw error("no blank before an attribute of the tag <" + tag + ">");
            }
            attribute();
        }
    }

    private void attribute() {
        pos = name(pos, "an attribute's name");
        skipBlanks();
        if (pos < end && in[pos] != '=') {
            throw error("an attribute without '=' in the tag <" + tag + ">");
        }
        pos++;
        skipBlanks();
        if (pos >= end) {
            throw cut();
        }
        char quote = in[pos];
        if (quote != '"' && quote != '\'') {
            throw error("an attribute's value without quotes in the tag <" + tag + ">");
        }
        int from = ++pos;
        while (pos < end && in[pos] != quote) {
            if (in[pos] == '<') {
                throw error("'<' in an attribute's value; write '&lt;'");
            }
            if (in[pos] == '&') {
                reference();
            } else {
                pos++;
            }
        }
        if (pos == end) {
            throw cut();
        }
        int close = pos;
        check(from, close);
        pos = close + 1;
    }

    private void endTag() {
        int from = pos + 2;
        if (depth == 0) {
            throw error("an end tag without a start tag");
        }
        int length = open[2 * depth - 1];
        int offset = open[2 * depth - 2];
        int close = from + length;
        if (close > end || !Arrays.equals(in, offset, offset + length, in, from, close)) {
            throw close > end ? cut() : error(excerpt() + " where </" + openName() + "> is due");
        }
        pos = close;
        skipBlanks();
        if (pos == end) {
            throw cut();
        }
        if (in[pos] != '>') {
            pos = tagStart;
            throw error(excerpt() + " where </" + openName() + "> is due");
        }
        pos++;
        tag = local(from, close);
        opening = false;
        depth--;
    }

    private void closeSelf() {
        selfClosed = false;
        opening = false;
        depth--;
    }

    private void instruction() {
        int name = name(pos + 2, "a processing instruction's name");
        if (name - pos == 5 && new String(in, pos + 2, 3).equalsIgnoreCase("xml")) {
            throw error("an XML declaration that is not at the start of the document");
        }
        if (!blank(in[name]) && !(in[name] == '?' && name + 1 < end && in[name + 1] == '>')) {
            pos = name;
            throw error(excerpt() + " in the name of a processing instruction");
        }
        int close = find("?>", name);
        check(name, close);
        pos = close + 2;
    }

    private void comment() {
        if (at("<!DOCTYPE")) {
            throw error("a document type declaration (<!DOCTYPE>) is not allowed");
        }
        if (!at("<!--")) {
            throw pos + 2 >= end ? cut() : error(excerpt() + " is not allowed");
        }
        int close = find("--", pos + 4);
        if (close + 2 >= end) {
            throw cut();
        }
        if (in[close + 2] != '>') {
            throw error("'--' in a comment");
        }
        check(pos + 4, close);
        pos = close + 3;
    }

    /** The XML declaration. Its encoding was seen to before the document was decoded. */
    private void declaration() {
        if (end > 0 && in[0] == '\uFEFF') {
            pos = 1;
        }
        if (!at("<?xml") || pos + 5 == end || !blank(in[pos + 5])) {
            return;
        }
        pos += 5;
        String version = pseudoAttribute("version");
        String encoding = pseudoAttribute("encoding");
        String standalone = pseudoAttribute("standalone");
        skipBlanks();
        boolean wellFormed = version != null
                && (version.equals("1.0") || version.equals("1.1"))
                && (encoding == null || encoding.equals("UTF-8") || encoding.matches("[A-Za-z][A-Za-z0-9._-]*"))
                && (standalone == null || standalone.equals("yes") || standalone.equals("no"));
        if (!wellFormed || !at("?>")) {
            throw error("the XML declaration is malformed; it should read <?xml version=\"1.0\"?>");
        }
        pos += 2;
    }

    /** The value of this part of the XML declaration if it comes next. */
    private @Nullable String pseudoAttribute(String name) {
        int start = pos;
        skipBlanks();
        if (pos == start || !at(name)) {
            pos = start;
            return null;
        }
        pos += name.length();
        skipBlanks();
        if (!at("=")) {
            return null;
        }
        pos++;
        skipBlanks();
        if (!at("\"") && !at("'")) {
            return null;
        }
        int from = pos + 1;
        int close = find(String.valueOf(in[pos]), from);
        pos = close + 1;
        return new String(in, from, close - from);
    }

    // --- names and characters

    /** The end of the name that starts at {@code from}. */
    private int name(int from, String what) {
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

    private static boolean nameCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '.'
                || c == '-'
                || c == '_'
                || c == ':'
                || c > 0xBF && c < 0xFFFE && c != 0xD7 && c != 0xF7;
    }

    private String local(int from, int to) {
        int start = from;
        for (int p = from; p < to; p++) {
            if (in[p] == ':') {
                start = p + 1;
            }
        }
        int length = to - start;
        if (length > 0) {
            int slot = hash(in[start], in[to - 1], length);
            for (String name = NAMES[slot]; name != null; name = NAMES[slot]) {
                if (name.length() == length && same(name, start)) {
                    return name;
                }
                slot = (slot + 1) & 0xFF;
            }
        }
        return new String(in, start, length);
    }

    private boolean same(String name, int start) {
        for (int i = 0; i < name.length(); i++) {
            if (in[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int hash(char first, char last, int length) {
        return (first * 31 + last * 7 + length) & 0xFF;
    }

    private void skipBlanks() {
        while (pos < end && blank(in[pos])) {
            pos++;
        }
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private boolean at(String what) {
        return end - pos >= what.length() && same(what, pos);
    }

    /** Where {@code what} is found next; the document may not end before it. */
    private int find(String what, int from) {
        for (int p = from; p + what.length() <= end; p++) {
            if (in[p] == what.charAt(0) && same(what, p)) {
                return p;
            }
        }
        throw cut();
    }
}
