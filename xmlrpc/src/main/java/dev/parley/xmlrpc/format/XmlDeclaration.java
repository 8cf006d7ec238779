package dev.parley.xmlrpc.format;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;

/**
 * Reads the XML declaration at the start of a document. Its encoding was taken into account when the document was
 * decoded, see {@link XmlEncoding}. Thread-safe, each cursor being used by one thread.
 */
final class XmlDeclaration {
    private XmlDeclaration() {}

    /**
     * Moves the cursor past the byte order mark and the XML declaration, if they are there. Blank lines may precede
     * them, although XML does not allow that: PHP sends those that its source files have around their code.
     *
     * @throws StreamReadException if the declaration is malformed
     */
    static void skip(XmlCursor in) {
        while (in.pos < in.end && (in.chars[in.pos] == '\uFEFF' || XmlCursor.isBlank(in.chars[in.pos]))) {
            in.pos++;
        }
        if (in.at("<?xml") && in.pos + 5 < in.end && XmlCursor.isBlank(in.chars[in.pos + 5])) {
            read(in);
        }
    }

    private static void read(XmlCursor in) {
        in.pos += 5;
        String version = pseudoAttribute(in, "version");
        String encoding = pseudoAttribute(in, "encoding");
        String standalone = pseudoAttribute(in, "standalone");
        in.skipBlanks();
        boolean wellFormed = version != null
                && (version.equals("1.0") || version.equals("1.1"))
                && (encoding == null || encoding.equals("UTF-8") || encoding.matches("[A-Za-z][A-Za-z0-9._-]*"))
                && (standalone == null || standalone.equals("yes") || standalone.equals("no"));
        if (!wellFormed || !in.at("?>")) {
            throw in.error("malformed XML declaration; it should read <?xml version=\"1.0\"?>");
        }
        in.pos += 2;
    }

    /** The value of this part of the declaration if it comes next. */
    private static @Nullable String pseudoAttribute(XmlCursor in, String name) {
        int start = in.pos;
        in.skipBlanks();
        if (in.pos == start || !in.at(name)) {
            in.pos = start;
            return null;
        }
        in.pos += name.length();
        in.skipBlanks();
        if (!in.at("=")) {
            return null;
        }
        in.pos++;
        in.skipBlanks();
        if (!in.at("\"") && !in.at("'")) {
            return null;
        }
        int from = in.pos + 1;
        int close = in.find(in.chars[in.pos] == '"' ? "\"" : "'", from);
        if (close < 0) {
            return null;
        }
        in.pos = close + 1;
        return new String(in.chars, from, close - from);
    }
}
