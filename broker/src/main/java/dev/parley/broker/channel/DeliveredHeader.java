package dev.parley.broker.channel;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content header that a consumer gets: the publisher's, without BCC, which is secret, and with the delivery counts
 * of a quorum queue. Stateless; used on the connection's event loop.
 */
final class DeliveredHeader {
    private DeliveredHeader() {}

    /** The header of a message that a consumer gets, or that was fetched by basic.get. */
    static ContentHeader of(MessageQueue queue, QueuedMessage message, boolean fetched) {
        ContentHeader header = message.message().header();
        Map<String, @Nullable Object> counts = queue.deliveryCounts(message, fetched);
        boolean secret = header.hasHeaders() && header.headers().containsKey("BCC");
        if (counts.isEmpty() && !secret) {
            return header;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(header.headers());
        headers.remove("BCC");
        headers.putAll(counts);
        return header.withHeaders(headers);
    }
}
