package dev.parley.broker.amqp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.StringJoiner;

/** Octets as RabbitMQ's error texts show them. Stateless. */
public final class ErlangText {
    private static final int SNIPPET = 16;

    private ErlangText() {}

    /** The octets as a binary: {@code <<"text">>} if they can be printed, else {@code <<1,2>>}. */
    public static String binary(byte[] octets) {
        if (octets.length == 0) {
            return "<<>>";
        }
        for (byte octet : octets) {
            if (octet < ' ' || octet == 0x7f) {
                var numbers = new StringJoiner(",", "<<", ">>");
                for (byte each : octets) {
                    numbers.add(String.valueOf(each & 0xff));
                }
                return numbers.toString();
            }
        }
        String text = new String(octets, StandardCharsets.US_ASCII);
        return "<<\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\">>";
    }

    /** The first octets of a payload, and how many they are of it. */
    static String snippet(byte[] payload) {
        return payload.length <= SNIPPET
                ? "all octets = " + binary(payload)
                : "first " + SNIPPET + " octets = " + binary(Arrays.copyOf(payload, SNIPPET));
    }
}
