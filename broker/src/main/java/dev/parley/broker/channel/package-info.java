/**
 * AMQP channels: the methods a client sends, publishing and confirms, consumers and their unacknowledged deliveries,
 * transactions.
 *
 * <p>A channel is used on the event loop of its connection, which it knows as a
 * {@link dev.parley.broker.channel.ChannelHost}. A queue knows a channel only as a
 * {@link dev.parley.broker.queue.QueueConsumer}.
 */
@NullMarked
package dev.parley.broker.channel;

import org.jspecify.annotations.NullMarked;
