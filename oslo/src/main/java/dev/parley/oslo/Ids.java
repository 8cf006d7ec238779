package dev.parley.oslo;

import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Identifiers of 32 hexadecimal digits, as the peer's random UUIDs. Thread-safe. */
final class Ids {
    private static final HexFormat HEX = HexFormat.of();

    /** Drawn once for all of this process: a secure random number for each message, three a call, showed in profiles. */
    private static final String PROCESS = HEX.toHexDigits(UUID.randomUUID().getLeastSignificantBits());

    private static final AtomicLong NUMBERS = new AtomicLong(UUID.randomUUID().getLeastSignificantBits());

    private Ids() {}

    /** One that nobody can guess. */
    static String random() {
        UUID id = UUID.randomUUID();
        return HEX.toHexDigits(id.getMostSignificantBits()) + HEX.toHexDigits(id.getLeastSignificantBits());
    }

    /** One that nobody else has. */
    static String unique() {
        return PROCESS + HEX.toHexDigits(NUMBERS.incrementAndGet());
    }
}
