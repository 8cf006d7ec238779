package dev.parley;

/**
 * How much one message may hold, on every wire and on both sides. What is over a limit is refused with an error that names the limit; the connection and the
 * other calls live on where the protocol allows it. Immutable.
 *
 * @param messageBytes the size of one encoded message in bytes, after decompression; default 16 MiB
 * @param depth how deep arrays and objects may nest; default 128
 * @param stringLength the length of one string or binary value in characters or bytes; default 16 Mi
 * @param nameLength the length of one member name in characters; default 50,000
 * @param numberLength the digits of one number; default 1,000
 * @param elements the number of tokens (values, names, starts and ends) in one message; default 5,000,000
 */
public record Limits(int messageBytes, int depth, int stringLength, int nameLength, int numberLength, long elements) {
    private static final Limits DEFAULT = new Limits(16 << 20, 128, 16 << 20, 50_000, 1_000, 5_000_000);

    public Limits {
        if (messageBytes < 1 || depth < 1 || stringLength < 1 || nameLength < 1 || numberLength < 1 || elements < 1) {
            throw new IllegalArgumentException("every limit must be at least 1");
        }
    }

    /** The default limits. */
    public static Limits defaults() {
        return DEFAULT;
    }

    /** These limits with another message size in bytes. */
    public Limits messageBytes(int bytes) {
        return new Limits(bytes, depth, stringLength, nameLength, numberLength, elements);
    }

    /** These limits with another nesting depth. */
    public Limits depth(int levels) {
        return new Limits(messageBytes, levels, stringLength, nameLength, numberLength, elements);
    }

    /** These limits with another string length. */
    public Limits stringLength(int characters) {
        return new Limits(messageBytes, depth, characters, nameLength, numberLength, elements);
    }

    /** These limits with another number of tokens. */
    public Limits elements(long tokens) {
        return new Limits(messageBytes, depth, stringLength, nameLength, numberLength, tokens);
    }
}
