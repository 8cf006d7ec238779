package dev.parley.xmlrpc.format;

/** The tag names of XML-RPC, so that reading one allocates no string. Thread-safe. */
final class XmlNames {
    /** A hash table with open addressing; {@code null} marks a free slot. */
    private static final String[] TABLE = new String[256];

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
            while (TABLE[slot] != null) {
                slot = (slot + 1) & 0xFF;
            }
            TABLE[slot] = name;
        }
    }

    private XmlNames() {}

    /** The name in these characters without its prefix: one of XML-RPC's as a constant, any other as a new string. */
    static String localName(char[] in, int from, int to) {
        int start = from;
        for (int p = from; p < to; p++) {
            if (in[p] == ':') {
                start = p + 1;
            }
        }
        int length = to - start;
        if (length > 0) {
            int slot = hash(in[start], in[to - 1], length);
            for (String name = TABLE[slot]; name != null; name = TABLE[slot]) {
                if (name.length() == length && XmlCursor.matches(in, start, name)) {
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
