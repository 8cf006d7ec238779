/**
 * An embedded AMQP 0-9-1 broker that behaves as RabbitMQ does and holds everything in memory.
 *
 * <p>Start from {@link dev.parley.broker.EmbeddedBroker}; {@link dev.parley.broker.BrokerBuilder} has the settings. The
 * records named {@code …Info} are snapshots of a running broker, and {@link dev.parley.broker.Faults} breaks what a
 * client relies on.
 */
@NullMarked
package dev.parley.broker;

import org.jspecify.annotations.NullMarked;
