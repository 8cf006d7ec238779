/**
 * The driver for RabbitMQ and brokers like it. A {@code Connector} opens connections and a {@code ReconnectingConnection} keeps one open. Messages go out
 * through {@code Publisher}, {@code PublishQueue} and {@code PublishChannel}; they come in through a {@code RabbitSubscription}.
 */
@NullMarked
package dev.parley.oslo.driver.rabbit;

import org.jspecify.annotations.NullMarked;
