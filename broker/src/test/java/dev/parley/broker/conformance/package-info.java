/**
 * The behavior of RabbitMQ, row by row. The suite runs against the embedded broker and, if {@code PARLEY_RABBITMQ}
 * (environment variable or system property, such as {@code amqp://guest:guest@127.0.0.1:5672}) names one, against a
 * RabbitMQ; both must give the same result.
 */
@NullMarked
package dev.parley.broker.conformance;

import org.jspecify.annotations.NullMarked;
