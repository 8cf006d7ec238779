package dev.parley.zmtp.mechanism;

import dev.parley.spi.PrintableText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The form that the commands of ZMTP have: a name after its length, then what belongs to the command. Stateless. */
public final class Commands {
    private Commands() {}

    /** A command of this name and these parts. */
    public static byte[] of(String name, byte[]... parts) {
        int length = 1 + name.length();
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] command = new byte[length];
        int at = put(command, 0, name.getBytes(StandardCharsets.US_ASCII));
        for (byte[] part : parts) {
            System.arraycopy(part, 0, command, at, part.length);
            at += part.length;
        }
        return command;
    }

    /** A short text after its length; the text has at most 255 bytes. */
    static byte[] shortText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] result = new byte[1 + bytes.length];
        put(result, 0, bytes);
        return result;
    }

    private static int put(byte[] target, int at, byte[] text) {
        target[at] = (byte) text.length;
        System.arraycopy(text, 0, target, at + 1, text.length);
        return at + 1 + text.length;
    }

    /** An ERROR command. */
    public static byte[] error(String reason) {
        return of("ERROR", shortText(reason));
    }

    /** The reason of an ERROR command, as it was sent; {@code null} if it is another command. */
    public static @Nullable String errorReason(byte[] command) {
        // The server of PLAIN in libzmq (4.3.5 and before) sends "^RROR": "\x5ERROR" in C.
        int at = is(command, "ERROR") ? 6 : startsWith(command, "^RROR") ? 5 : -1;
        if (at < 0) {
            return null;
        }
        int length = command.length > at ? Math.min(command[at] & 0xff, command.length - at - 1) : 0;
        return new String(command, Math.min(at + 1, command.length), length, StandardCharsets.US_ASCII);
    }

    private static boolean startsWith(byte[] command, String text) {
        return command.length >= text.length()
                && new String(command, 0, text.length(), StandardCharsets.US_ASCII).equals(text);
    }

    /** The name of a command; empty if it has none. */
    public static String name(byte[] command) {
        int length = command.length == 0 ? 0 : command[0] & 0xff;
        return length >= command.length ? "" : new String(command, 1, length, StandardCharsets.US_ASCII);
    }

    static boolean is(byte[] command, String name) {
        return name(command).equals(name);
    }

    static String quotedName(byte[] command) {
        return "'" + PrintableText.line(name(command)) + "'";
    }
}
