/**
 * The driver for RabbitMQ and compatible brokers.
 *
 * <p>A {@code Connector} opens connections, and a {@code ReconnectingConnection} opens one again when it is lost.
 * {@code Publisher} puts a message into the {@code PublishQueue} for its kind of exchange, which writes it to a
 * {@code PublishChannel}. A {@code RabbitSubscription} delivers messages as {@code RabbitDelivery}.
 * {@code BatchingFrameHandler} writes and reads many frames with one system call.
 */
@NullMarked
package dev.parley.oslo.driver.rabbit;

import org.jspecify.annotations.NullMarked;
