package dev.parley.oslo;

import dev.parley.InvalidTargetException;
import java.nio.charset.StandardCharsets;

/** AMQP's type for names and routing keys: at most 255 bytes of UTF-8. */
final class ShortString {
    private static final int MOST_BYTES = 255;
    private static final int MOST_BYTES_OF_A_CHAR = 3;

    private ShortString() {}

    /**
     * Returns the text.
     *
     * @param what the error begins with this
     * @throws InvalidTargetException if it is too long
     */
    static String check(String what, String text) {
        if (text.length() > MOST_BYTES / MOST_BYTES_OF_A_CHAR) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MOST_BYTES) {
                throw new InvalidTargetException(
                        what + " '" + text.substring(0, 40) + "…' has " + bytes + " bytes, AMQP allows " + MOST_BYTES);
            }
        }
        return text;
    }
}
