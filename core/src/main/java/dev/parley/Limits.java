package dev.parley;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much one message may hold, on every wire and on both sides. What exceeds a limit is refused with an error that
 * names the limit; the connection and the other calls live on where the protocol allows it. Every {@code with…} method
 * returns a copy and throws {@link IllegalArgumentException} for a limit below 1. Immutable.
 */
public final class Limits {
    private static final Limits DEFAULTS = new Limits(16 << 20, 128, 16 << 20, 50_000, 1_000, 5_000_000);

    private final int messageBytes;
    private final int depth;
    private final int stringLength;
    private final int nameLength;
    private final int numberLength;
    private final long elements;

    private Limits(int messageBytes, int depth, int stringLength, int nameLength, int numberLength, long elements) {
        if (messageBytes < 1 || depth < 1 || stringLength < 1 || nameLength < 1 || numberLength < 1 || elements < 1) {
            throw new IllegalArgumentException("every limit must be at least 1");
        }
        this.messageBytes = messageBytes;
        this.depth = depth;
        this.stringLength = stringLength;
        this.nameLength = nameLength;
        this.numberLength = numberLength;
        this.elements = elements;
    }

    /** The default limits. */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** The size of one encoded message in bytes, after decompression; by default 16 MiB. */
    public int messageBytes() {
        return messageBytes;
    }

    /** How deep arrays and objects may nest; by default 128. */
    public int depth() {
        return depth;
    }

    /** The length of one string or binary value in characters or bytes; by default 16 Mi. */
    public int stringLength() {
        return stringLength;
    }

    /** The length of one member name in characters; by default 50,000. */
    public int nameLength() {
        return nameLength;
    }

    /** The digits of one number; by default 1,000. */
    public int numberLength() {
        return numberLength;
    }

    /** The number of tokens (values, names, starts and ends) in one message; by default 5,000,000. */
    public long elements() {
        return elements;
    }

    /** With another message size in bytes. */
    public Limits withMessageBytes(int bytes) {
        return new Limits(bytes, depth, stringLength, nameLength, numberLength, elements);
    }

    /** With another nesting depth. */
    public Limits withDepth(int levels) {
        return new Limits(messageBytes, levels, stringLength, nameLength, numberLength, elements);
    }

    /** With another string length. */
    public Limits withStringLength(int characters) {
        return new Limits(messageBytes, depth, characters, nameLength, numberLength, elements);
    }

    /** With another length of member names. */
    public Limits withNameLength(int characters) {
        return new Limits(messageBytes, depth, stringLength, characters, numberLength, elements);
    }

    /** With another number of digits. */
    public Limits withNumberLength(int digits) {
        return new Limits(messageBytes, depth, stringLength, nameLength, digits, elements);
    }

    /** With another number of tokens. */
    public Limits withElements(long tokens) {
        return new Limits(messageBytes, depth, stringLength, nameLength, numberLength, tokens);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Limits limits
                && messageBytes == limits.messageBytes
                && depth == limits.depth
                && stringLength == limits.stringLength
                && nameLength == limits.nameLength
                && numberLength == limits.numberLength
                && elements == limits.elements;
    }

    @Override
    public int hashCode() {
        return Objects.hash(messageBytes, depth, stringLength, nameLength, numberLength, elements);
    }

    @Override
    public String toString() {
        return "Limits[messageBytes=" + messageBytes + ", depth=" + depth + ", stringLength=" + stringLength
                + ", nameLength=" + nameLength + ", numberLength=" + numberLength + ", elements=" + elements + "]";
    }
}
