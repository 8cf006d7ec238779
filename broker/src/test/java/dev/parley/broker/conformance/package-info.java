/**
 * The behavior of RabbitMQ, row by row. The suite runs against the embedded broker and, if {@code PARLEY_RABBITMQ}
 * (environment variable or system property, such as {@code amqp://guest:guest@127.0.0.1:5672}) names some, separated by
 * spaces, against each RabbitMQ; those of one version must give the same result. Rows that differ between versions ask
 * {@link BrokerUnderTest} what to expect.
 */
@NullMarked
package dev.parley.broker.conformance;

import org.jspecify.annotations.NullMarked;
