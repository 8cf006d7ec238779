/**
 * The behavior of RabbitMQ, row by row. The suite runs against the embedded broker in each version and, if
 * {@code PARLEY_RABBITMQ} (environment variable or system property, such as
 * {@code amqp://guest:guest@127.0.0.1:5672}, several separated by commas) names some, against RabbitMQ nodes; each must
 * give the result of its version, which a row states by {@code ByVersion} where versions differ.
 */
@NullMarked
package dev.parley.broker.conformance;

import org.jspecify.annotations.NullMarked;
