package dev.parley.oslo.admin;

/**
 * A binding of a queue. Immutable.
 *
 * @param exchange the name of the exchange
 * @param type its type, such as {@code topic}
 * @param key the routing key
 */
record Binding(String exchange, String type, String key) {}
