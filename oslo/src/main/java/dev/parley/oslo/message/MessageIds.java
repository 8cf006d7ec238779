package dev.parley.oslo.message;

import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes ids of 32 hexadecimal digits, in the form of oslo.messaging's random UUIDs. Safe for use by any thread. */
public final class MessageIds {
    private static final HexFormat HEX = HexFormat.of();

    /** Random, once per process: a secure random number for each message, three per call, showed up in profiles. */
    private static final String PROCESS = HEX.toHexDigits(UUID.randomUUID().getLeastSignificantBits());

    private static final AtomicLong NUMBERS = new AtomicLong(UUID.randomUUID().getLeastSignificantBits());

    private MessageIds() {}

    /** An id that no other call of this method, in any process, returns. Not secret. */
    public static String unique() {
        return PROCESS + HEX.toHexDigits(NUMBERS.incrementAndGet());
    }
}
