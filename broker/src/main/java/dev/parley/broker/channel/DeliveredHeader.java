package dev.parley.broker.channel;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content header that a consumer gets: the publisher's, without BCC, which is secret, and with the delivery count
 * of a quorum queue. Stateless; used on the connection's event loop.
 */
final class DeliveredHeader {
    private DeliveredHeader() {}

    static ContentHeader of(MessageQueue queue, QueuedMessage message) {
        ContentHeader header = message.message().header();
        boolean counts = message.returned() > 0 && queue.countsDeliveries();
        boolean secret = header.hasHeaders() && header.headers().containsKey("BCC");
        if (!counts && !secret) {
            return header;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(header.headers());
        headers.remove("BCC");
        if (counts) {
            headers.put("x-delivery-count", (long) message.returned());
        }
        return header.withHeaders(headers);
    }
}
