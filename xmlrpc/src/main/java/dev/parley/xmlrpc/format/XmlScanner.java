package dev.parley.xmlrpc.format;

import java.util.Arrays;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;

/**
 * Reads an XML document tag by tag: as much of XML 1.0 as XML-RPC needs, and strictly. Comments, processing
 * instructions and attributes are skipped. A document type declaration is an error, and so is every entity but the five
 * that XML predefines, so there is nothing to expand and nothing to fetch.
 *
 * <p>Every step takes time linear in the document, and no table of names is kept. This is the reason not to use a
 * general XML parser: those measured intern every name in a table that all documents share, and take minutes for a
 * start tag with a few hundred thousand attributes.
 *
 * <p>All methods throw {@link StreamReadException}, with line and column, for a document that is malformed or not as
 * expected.
 *
 * <p>Not thread-safe.
 */
public final class XmlScanner {
    private final XmlCursor in;
    private final char[] chars;
    private final int end;
    private final StreamReadConstraints constraints;

    private String tag = "";
    private boolean opening;
    private int tagStart;
    /** Whether the current tag is {@code <name/>}, which counts as a start tag and an end tag. */
    private boolean selfClosed;

    /** The names of the open elements, as pairs of offset and length. */
    private int[] open = new int[32];

    private int depth;

    XmlScanner(XmlCursor in, StreamReadConstraints constraints) {
        this.in = in;
        this.chars = in.chars;
        this.end = in.end;
        this.constraints = constraints;
        XmlDeclaration.skip(in);
    }

    // --- the current tag

    /** The name of the current tag, without its prefix. */
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

    /** Checks that the current tag is the start tag {@code <name>}. */
    public void expectStart(String name) {
        if (!opens(name)) {
            throw malformed("expected <" + name + "> but found " + found());
        }
    }

    /** Checks that the current tag is the end tag {@code </name>}. */
    public void expectEnd(String name) {
        if (!closes(name)) {
            throw malformed("expected </" + name + "> but found " + found());
        }
    }

    private String found() {
        return (opening ? "<" : "</") + tag + ">";
    }

    /** An error at the current tag. */
    public StreamReadException malformed(String message) {
        return new StreamReadException(null, message, tagLocation());
    }

    /** The position at which the current tag starts. */
    TokenStreamLocation tagLocation() {
        return in.location(tagStart);
    }

    /** The position of the next character to read. */
    TokenStreamLocation location() {
        return in.location(in.pos);
    }

    // --- reading

    /** Reads the next tag. Only white space, comments and processing instructions may precede it. */
    public void next() {
        if (selfClosed) {
            closeSelf();
            return;
        }
        do {
            in.skipBlanks();
            if (in.pos == end) {
                throw unexpectedEof();
            }
            if (chars[in.pos] != '<' || in.at("<![CDATA[")) {
                throw in.error("expected a tag but found the text " + in.excerpt());
            }
        } while (!markup());
    }

    /** Reads the next tag, which must be the start tag {@code <name>}. */
    public void nextStart(String name) {
        next();
        expectStart(name);
    }

    /** Reads the next tag, which must be the end tag {@code </name>}. */
    public void nextEnd(String name) {
        next();
        expectEnd(name);
    }

    /** Reads the text up to the next tag, and that tag. */
    public String text() {
        if (selfClosed) {
            closeSelf();
            return "";
        }
        int from = in.pos;
        StringBuilder parts = null;
        while (true) {
            in.skipPlainText();
            int length = in.pos - from + (parts == null ? 0 : parts.length());
            constraints.validateStringLength(length);
            if (in.pos == end) {
                throw unexpectedEof();
            }
            char c = chars[in.pos];
            char next = chars[Math.min(in.pos + 1, end - 1)];
            if (c == '<' && parts == null && next != '!' && next != '?') {
                String text = new String(chars, from, in.pos - from);
                markup();
                return text;
            }
            if (parts == null) {
                parts = new StringBuilder(length + 16);
            }
            parts.append(chars, from, in.pos - from);
            if (c == '&') {
                parts.appendCodePoint(in.reference());
            } else if (c == '\r') {
                parts.append('\n');
                in.pos += next == '\n' ? 2 : 1;
            } else if (in.at("<![CDATA[")) {
                cdata(parts);
            } else if (markup()) {
                constraints.validateStringLength(parts.length());
                return parts.toString();
            }
            from = in.pos;
        }
    }

    /**
     * Reads the name of a member up to the next tag, and that tag. White space around a name that stands on a line of
     * its own is not part of it; a line feed that is part of it is sent as a character reference.
     */
    String name() {
        int from = in.pos;
        String name = text();
        if (name.isEmpty()
                || !XmlCursor.isBlank(name.charAt(0)) && !XmlCursor.isBlank(name.charAt(name.length() - 1))) {
            return name;
        }
        int start = from;
        while (XmlCursor.isBlank(chars[start]) && chars[start] != '\n') {
            start++;
        }
        int stop = tagStart;
        while (stop > from && XmlCursor.isBlank(chars[stop - 1]) && chars[stop - 1] != '\n') {
            stop--;
        }
        return chars[start] == '\n' || stop > from && chars[stop - 1] == '\n' ? name.strip() : name;
    }

    /** Checks that the document ends here: only comments and processing instructions may follow the root element. */
    public void finish() {
        if (depth > 0 || selfClosed) {
            throw in.error("expected the end of the document but found <" + tag + ">");
        }
        while (true) {
            in.skipBlanks();
            if (in.pos == end) {
                return;
            }
            if (!(in.at("<!--") || in.at("<?"))) {
                throw in.error("expected the end of the document but found " + in.excerpt());
            }
            markup();
        }
    }

    private StreamReadException unexpectedEof() {
        in.pos = end;
        return in.error(
                depth > 0
                        ? "unexpected end of the document inside <" + openName() + ">"
                        : "unexpected end of the document before its root element");
    }

    private String openName() {
        return new String(chars, open[2 * depth - 2], open[2 * depth - 1]);
    }

    private int endOfName(int from, String what) {
        int close = in.endOfName(from, what);
        if (close < 0) {
            throw unexpectedEof();
        }
        return close;
    }

    private int find(String text, int from) {
        int found = in.find(text, from);
        if (found < 0) {
            throw unexpectedEof();
        }
        return found;
    }

    // --- markup

    /** Reads the markup that starts here; true if it was a tag. */
    private boolean markup() {
        tagStart = in.pos;
        char c = in.pos + 1 < end ? chars[in.pos + 1] : '\0';
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
        int from = in.pos + 1;
        in.pos = endOfName(from, "a tag name");
        if (depth * 2 == open.length) {
            open = Arrays.copyOf(open, open.length * 2);
        }
        open[2 * depth] = from;
        open[2 * depth + 1] = in.pos - from;
        depth++;
        tag = XmlNames.localName(chars, from, in.pos);
        opening = true;
        while (true) {
            int before = in.pos;
            in.skipBlanks();
            if (in.pos == end) {
                throw unexpectedEof();
            }
            char c = chars[in.pos];
            if (c == '>') {
                in.pos++;
                return;
            }
            if (c == '/') {
                if (in.pos + 1 == end) {
                    throw unexpectedEof();
                }
                if (chars[in.pos + 1] != '>') {
                    throw in.error("expected '>' after '/' in the tag <" + tag + ">");
                }
                in.pos += 2;
                selfClosed = true;
                return;
            }
            if (before == in.pos) {
                throw in.error("expected white space before an attribute of the tag <" + tag + ">");
            }
            attribute();
        }
    }

    private void attribute() {
        in.pos = endOfName(in.pos, "an attribute name");
        in.skipBlanks();
        if (in.pos < end && chars[in.pos] != '=') {
            throw in.error("expected '=' after the name of an attribute of the tag <" + tag + ">");
        }
        in.pos++;
        in.skipBlanks();
        if (in.pos >= end) {
            throw unexpectedEof();
        }
        char quote = chars[in.pos];
        if (quote != '"' && quote != '\'') {
            throw in.error("expected quotes around the value of an attribute of the tag <" + tag + ">");
        }
        int from = ++in.pos;
        while (in.pos < end && chars[in.pos] != quote) {
            if (chars[in.pos] == '<') {
                throw in.error("'<' in the value of an attribute; write '&lt;'");
            }
            if (chars[in.pos] == '&') {
                in.reference();
            } else {
                in.pos++;
            }
        }
        if (in.pos == end) {
            throw unexpectedEof();
        }
        int close = in.pos;
        in.checkCharacters(from, close);
        in.pos = close + 1;
    }

    private void endTag() {
        int from = in.pos + 2;
        if (depth == 0) {
            throw in.error("end tag without a start tag");
        }
        int length = open[2 * depth - 1];
        int offset = open[2 * depth - 2];
        int close = from + length;
        if (close > end) {
            throw unexpectedEof();
        }
        if (!Arrays.equals(chars, offset, offset + length, chars, from, close)) {
            throw wrongEndTag();
        }
        in.pos = close;
        in.skipBlanks();
        if (in.pos == end) {
            throw unexpectedEof();
        }
        if (chars[in.pos] != '>') {
            throw wrongEndTag();
        }
        in.pos++;
        tag = XmlNames.localName(chars, from, close);
        opening = false;
        depth--;
    }

    private StreamReadException wrongEndTag() {
        in.pos = tagStart;
        return in.error("expected </" + openName() + "> but found " + in.excerpt());
    }

    private void closeSelf() {
        selfClosed = false;
        opening = false;
        depth--;
    }

    private void cdata(StringBuilder text) {
        int from = in.pos + "<![CDATA[".length();
        int close = find("]]>", from);
        in.checkCharacters(from, close);
        for (int p = from; p < close; p++) {
            char c = chars[p];
            if (c == '\r') {
                text.append('\n');
                if (chars[p + 1] == '\n') {
                    p++;
                }
            } else {
                text.append(c);
            }
        }
        in.pos = close + 3;
    }

    private void instruction() {
        int name = endOfName(in.pos + 2, "the name of a processing instruction");
        if (name - in.pos == 5 && new String(chars, in.pos + 2, 3).equalsIgnoreCase("xml")) {
            throw in.error("an XML declaration is allowed at the start of the document only");
        }
        boolean ends = chars[name] == '?' && name + 1 < end && chars[name + 1] == '>';
        if (!ends && !XmlCursor.isBlank(chars[name])) {
            in.pos = name;
            throw in.error(in.excerpt() + " in the name of a processing instruction");
        }
        int close = find("?>", name);
        in.checkCharacters(name, close);
        in.pos = close + 2;
    }

    private void comment() {
        if (in.at("<!DOCTYPE")) {
            throw in.error("a document type declaration (<!DOCTYPE>) is not allowed");
        }
        if (!in.at("<!--")) {
            throw in.pos + 2 >= end ? unexpectedEof() : in.error(in.excerpt() + " is not allowed");
        }
        int close = find("--", in.pos + 4);
        if (close + 2 >= end) {
            throw unexpectedEof();
        }
        if (chars[close + 2] != '>') {
            throw in.error("'--' in a comment");
        }
        in.checkCharacters(in.pos + 4, close);
        in.pos = close + 3;
    }
}
