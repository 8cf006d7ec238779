package dev.parley.zmtp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Encodes and decodes the commands that peers exchange after the handshake, without their frames. Thread-safe. */
final class PeerCommands {
    private static final int PING_CONTEXT_BYTES = 16;
    /** The name of a PING and its time to live. */
    private static final int PING_BYTES = 7;

    private PeerCommands() {}

    /** SUBSCRIBE or CANCEL, which peers of ZMTP 3.1 read. */
    static byte[] subscription(boolean subscribe, byte[] prefix) {
        return command(subscribe ? "SUBSCRIBE" : "CANCEL", prefix);
    }

    /** The same as a message, which peers of ZMTP 3.0 read. */
    static byte[] subscriptionMessage(boolean subscribe, byte[] prefix) {
        byte[] message = new byte[1 + prefix.length];
        message[0] = (byte) (subscribe ? 1 : 0);
        System.arraycopy(prefix, 0, message, 1, prefix.length);
        return message;
    }

    /** Whether a message is a subscription or the end of one. */
    static boolean isSubscriptionMessage(byte[][] frames) {
        return frames.length == 1 && frames[0].length > 0 && (frames[0][0] & 0xff) <= 1;
    }

    /** What follows the name of a command. */
    static byte[] argument(byte[] command) {
        return Arrays.copyOfRange(command, 1 + (command[0] & 0xff), command.length);
    }

    /** PING with a time to live, which is rounded up to tenths of a second, and without a context. */
    static byte[] ping(Duration ttl) {
        int tenths = (int) ((ttl.toMillis() + 99) / 100);
        return command("PING", new byte[] {(byte) (tenths >> 8), (byte) tenths});
    }

    /** The time to live of a PING; zero for none. */
    static Duration ttl(byte[] ping) {
        int tenths = ping.length < PING_BYTES ? 0 : (ping[5] & 0xff) << 8 | ping[6] & 0xff;
        return Duration.ofMillis(100L * tenths);
    }

    /** PONG for a PING, whose context it repeats. */
    static byte[] pong(byte[] ping) {
        int from = Math.min(PING_BYTES, ping.length);
        return command("PONG", Arrays.copyOfRange(ping, from, Math.min(ping.length, from + PING_CONTEXT_BYTES)));
    }

    private static byte[] command(String name, byte[] argument) {
        byte[] body = new byte[1 + name.length() + argument.length];
        body[0] = (byte) name.length();
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, body, 1, name.length());
        System.arraycopy(argument, 0, body, 1 + name.length(), argument.length);
        return body;
    }
}
