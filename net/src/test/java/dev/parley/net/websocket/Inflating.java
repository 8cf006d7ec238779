package dev.parley.net.websocket;

import dev.parley.net.http.InflatedContent;
import dev.parley.spi.Decoding;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.util.zip.DataFormatException;

/** Inflates messages in tests. */
final class Inflating {
    private Inflating() {}

    static byte[] inflate(byte[] payload, int limit) throws InflatedContent.TooLargeException, DataFormatException {
        MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
        try (MessageCharge charge = MessageCharge.of(budget)) {
            return Deflate.inflate(payload, limit, Decoding.unlimited(charge));
        }
    }
}
