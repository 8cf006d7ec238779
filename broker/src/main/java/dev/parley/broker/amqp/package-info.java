/**
 * AMQP 0-9-1 on the wire: frames, methods, content headers and field tables. This package knows nothing of queues or
 * exchanges.
 *
 * <p>Layout and ids come from the AMQP 0-9-1 specification with RabbitMQ's extensions and errata; field types are those
 * that RabbitMQ reads and writes.
 */
@NullMarked
package dev.parley.broker.amqp;

import org.jspecify.annotations.NullMarked;
