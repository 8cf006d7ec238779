package dev.parley.oslo.topology;

import dev.parley.InvalidTargetException;
import java.nio.charset.StandardCharsets;

/** AMQP's type for names and routing keys: at most 255 bytes of UTF-8. Safe for use by any thread. */
public final class ShortString {
    private static final int MAX_BYTES = 255;
    private static final int MAX_BYTES_PER_CHAR = 3;

    private ShortString() {}

    /**
     * Returns the text unless it is too long.
     *
     * @param what what the text is, for the message of the exception
     * @throws InvalidTargetException if the text is longer than 255 bytes
     */
    public static String check(String what, String text) {
        if (!fits(text)) {
            throw new InvalidTargetException(what + " '" + text.substring(0, 40) + "…' has "
                    + text.getBytes(StandardCharsets.UTF_8).length + " bytes; AMQP allows " + MAX_BYTES);
        }
        return text;
    }

    /** Whether the text is at most 255 bytes long. */
    public static boolean fits(String text) {
        return text.length() <= MAX_BYTES / MAX_BYTES_PER_CHAR
                || text.length() <= MAX_BYTES && text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }
}
