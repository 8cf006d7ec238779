/**
 * What RabbitMQ does, row by row, run against the embedded broker and, where {@code PARLEY_RABBITMQ} (environment variable or system property, such
 * as {@code amqp://guest:guest@127.0.0.1:5672}) names one, against a real RabbitMQ: both must give the same result.
 */
@NullMarked
package dev.parley.broker.conformance;

import org.jspecify.annotations.NullMarked;
