/** oslo.messaging over AMQP, both sides, on RabbitMQ or in memory. */
@NullMarked
package dev.parley.oslo;

import org.jspecify.annotations.NullMarked;
