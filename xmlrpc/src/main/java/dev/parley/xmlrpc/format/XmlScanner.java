package dev.parley.xmlrpc.format;

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
public final class XmlScanner extends XmlCursor {
    private static final String[] NAMES = new String[256];

    static {
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

    private String tag = "";
    private boolean opening;
    private int tagStart;
    private boolean selfClosed;

    /** Where the names of the open elements lie: offset, length, offset, length. */
    private int[] open = new int[32];

    private int depth;

    XmlScanner(char[] in, int end, StreamReadConstraints constraints, ContentReference source) {
        super(in, end, constraints, source);
        declaration();
    }

    /** The current tag's name without its prefix. */
    public String tag() {
        return tag;
    }

    /** Whether the current tag is the start tag {@code <name>}. */
    public boolean opens(String name) {
        return opening && tag.equals(name);
    }

    /** Whether the current tag is the end tag {@code </name>}. */
    public boolean closes(String name) {
        return !opening && tag.equals(name);
    }

    /** Whether the current tag is a start tag. */
    boolean opening() {
        return opening;
    }

    /** Goes to the next tag; only blanks may stand before it. */
    public void next() {
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
    public String text() {
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
    public void finish() {
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

    /** An error at the current tag. */
    public StreamReadException refuse(String message) {
        return new StreamReadException(null, message, tagLocation());
    }

    @Override
    StreamReadException cut() {
        pos = end;
        return error(
                depth > 0
                        ? "the document ends inside <" + openName() + ">"
                        : "the document ends before its root element");
    }

    private String openName() {
        return new String(in, open[2 * depth - 2], open[2 * depth - 1]);
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

    // --- names

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

    private static int hash(char first, char last, int length) {
        return (first * 31 + last * 7 + length) & 0xFF;
    }
}
