package dev.parley.oslo;

import java.util.HexFormat;
import java.util.UUID;

/** Identifiers as the peer makes them: a random UUID in 32 hexadecimal digits. */
final class Ids {
    private static final HexFormat HEX = HexFormat.of();

    private Ids() {}

    static String next() {
        UUID id = UUID.randomUUID();
        return HEX.toHexDigits(id.getMostSignificantBits()) + HEX.toHexDigits(id.getLeastSignificantBits());
    }
}
