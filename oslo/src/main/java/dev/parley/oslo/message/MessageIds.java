package dev.parley.oslo.message;

import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Identifiers of 32 hexadecimal digits, as the peer's random UUIDs. Thread-safe. */
public final class MessageIds {
    private static final HexFormat HEX = HexFormat.of();

    /** Drawn once for all of this process: a secure random number for each message, three a call, showed in profiles. */
    private static final String PROCESS = HEX.toHexDigits(UUID.randomUUID().getLeastSignificantBits());

    private static final AtomicLong NUMBERS = new AtomicLong(UUID.randomUUID().getLeastSignificantBits());

    private MessageIds() {}

    /** One that nobody else has. */
    public static String unique() {
        return PROCESS + HEX.toHexDigits(NUMBERS.incrementAndGet());
    }
}
