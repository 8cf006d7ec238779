package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.spi.NotificationPublisher;

/**
 * The drivers {@code messaging} and {@code messagingv2}: one message per topic, with an id of its own. Thread-safe.
 *
 * @param enveloped whether it is {@code messagingv2}
 */
record MessagingDriver(NotificationPublisher publisher, Outbox outbox, boolean enveloped) implements SendDriver {
    @Override
    public void send(Outgoing notification) {
        for (String topic : notification.topics()) {
            outbox.add(
                    topic,
                    notification.priority().key(),
                    publisher.encode(notification.content(), enveloped),
                    notification.deadline());
        }
    }
}
