/**
 * AMQP 0-9-1 as bytes: frames, methods, content headers and field tables. Knows nothing of queues or exchanges.
 *
 * <p>Layout and numbers come from the AMQP 0-9-1 specification with RabbitMQ's extensions and errata (field types as RabbitMQ reads and
 * writes them). Not exported from the module.
 */
@NullMarked
package dev.parley.broker.amqp;

import org.jspecify.annotations.NullMarked;
