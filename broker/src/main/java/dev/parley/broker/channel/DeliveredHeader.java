package dev.parley.broker.channel;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.queue.ClassicQueue;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The content header a consumer sees: the publisher's, but for BCC, which is secret, and the delivery count of a quorum queue. */
public final class DeliveredHeader {
    private DeliveredHeader() {}

    public static ContentHeader of(MessageQueue queue, QueuedMessage message) {
        ContentHeader header = message.message.header();
        boolean counts = message.returned > 0 && queue instanceof ClassicQueue classic && classic.countsDeliveries();
        boolean secret = header.hasHeaders() && header.headers().containsKey("BCC");
        if (!counts && !secret) {
            return header;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(header.headers());
        headers.remove("BCC");
        if (counts) {
            headers.put("x-delivery-count", (long) message.returned);
        }
        return header.withHeaders(headers);
    }
}
