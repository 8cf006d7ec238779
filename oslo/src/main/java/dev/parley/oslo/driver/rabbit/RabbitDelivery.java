package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.RedeliveryHeaders;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message that was delivered on a channel. Immutable, and safe for use by any thread.
 *
 * @param channel the channel it came on, the only one on which it can be settled
 * @param queue the queue it was consumed from
 * @param tag its number on the channel
 * @param redelivered whether the broker has delivered it before
 * @param properties its properties
 * @param body its body
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record RabbitDelivery(
        Channel channel, String queue, long tag, boolean redelivered, AMQP.BasicProperties properties, byte[] body)
        implements Delivery {
    private static final Logger log = LoggerFactory.getLogger(RabbitDelivery.class);

    private @Nullable Object header(String name) {
        Map<String, Object> headers = properties.getHeaders();
        return headers == null ? null : headers.get(name);
    }

    @Override
    public @Nullable String user() {
        return properties.getUserId();
    }

    @Override
    public int returns() {
        boolean flagged = redelivered && !(header(RedeliveryHeaders.DELIVERY_COUNT) instanceof Number);
        return countedReturns() + (flagged ? 1 : 0);
    }

    @Override
    public int countedReturns() {
        return number(RedeliveryHeaders.RETURNS) + number(RedeliveryHeaders.DELIVERY_COUNT);
    }

    private int number(String header) {
        return header(header) instanceof Number count ? count.intValue() : 0;
    }

    @Override
    public boolean isCurrent() {
        return channel.isOpen();
    }

    @Override
    public boolean isCounted() {
        return !redelivered || header(RedeliveryHeaders.DELIVERY_COUNT) != null;
    }

    @Override
    public @Nullable String contentType() {
        return properties.getContentType();
    }

    @Override
    public @Nullable String contentEncoding() {
        return properties.getContentEncoding();
    }

    @Override
    public @Nullable String compression() {
        Object value = header("compression");
        return value == null ? null : value.toString();
    }

    @Override
    public @Nullable String expiration() {
        return properties.getExpiration();
    }

    private interface Settlement {
        void send() throws IOException;
    }

    private static boolean settle(Settlement settlement) {
        try {
            settlement.send();
            return true;
        } catch (IOException | ShutdownSignalException e) {
            log.debug("cannot settle a message: its channel is closed", e);
            return false;
        }
    }

    @Override
    public boolean acknowledge() {
        return settle(() -> channel.basicAck(tag, false));
    }

    @Override
    public boolean acknowledgeAll() {
        return settle(() -> channel.basicAck(tag, true));
    }

    @Override
    public void requeue() {
        settle(() -> channel.basicReject(tag, true));
    }

    @Override
    public void reject() {
        settle(() -> channel.basicReject(tag, false));
    }
}
