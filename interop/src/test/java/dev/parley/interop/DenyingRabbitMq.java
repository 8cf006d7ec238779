package dev.parley.interop;

import static java.util.Objects.requireNonNull;

/**
 * A RabbitMQ that denies queues which are neither durable nor exclusive, as 4.3 does unless it is configured otherwise:
 * the one that {@code PARLEY_RABBITMQ_DENYING} names ({@code amqp://user:password@host:port/}).
 */
public final class DenyingRabbitMq {
    /** The environment variable with its address; tests are skipped without it. */
    public static final String VARIABLE = "PARLEY_RABBITMQ_DENYING";

    private DenyingRabbitMq() {}

    /** The transport URL of oslo.messaging, {@code rabbit://user:password@host:port/}. */
    public static String transportUrl() {
        String address = requireNonNull(System.getenv(VARIABLE), VARIABLE);
        return "rabbit" + address.substring(address.indexOf("://"));
    }
}
