/** An embedded AMQP 0-9-1 broker with RabbitMQ's behaviour, in memory. */
@NullMarked
package dev.parley.broker;

import org.jspecify.annotations.NullMarked;
