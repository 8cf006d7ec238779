package dev.parley.oslo.topology;

import dev.parley.InvalidTargetException;
import java.nio.charset.StandardCharsets;

/** AMQP's type for names and routing keys: at most 255 bytes of UTF-8. */
public final class ShortString {
    private static final int MOST_BYTES = 255;
    private static final int MOST_BYTES_OF_A_CHAR = 3;

    private ShortString() {}

    /**
     * Returns the text.
     *
     * @param what the error begins with this
     * @throws InvalidTargetException if it is too long
     */
    public static String check(String what, String text) {
        if (!fits(text)) {
            throw new InvalidTargetException(what + " '" + text.substring(0, 40) + "…' has "
                    + text.getBytes(StandardCharsets.UTF_8).length + " bytes, AMQP allows " + MOST_BYTES);
        }
        return text;
    }

    /** Whether it is short enough. */
    public static boolean fits(String text) {
        return text.length() <= MOST_BYTES / MOST_BYTES_OF_A_CHAR
                || text.length() <= MOST_BYTES && text.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
    }
}
