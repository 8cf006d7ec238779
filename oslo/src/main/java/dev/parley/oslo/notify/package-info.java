/**
 * Notifications: oslo.messaging's second half. A {@link dev.parley.oslo.notify.Notifier} publishes events, a
 * {@link dev.parley.oslo.notify.NotificationListener} receives them; neither knows the other, and the broker keeps what
 * nobody has received yet.
 *
 * <p>{@code send} has the publishing side, {@code receive} the receiving side, {@code spi} what both need of a broker,
 * and {@code amqp} implements that for AMQP and in memory.
 */
@NullMarked
package dev.parley.oslo.notify;

import org.jspecify.annotations.NullMarked;
