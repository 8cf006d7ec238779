/**
 * What RPC needs of a broker: publish, consume, acknowledge. Implemented over RabbitMQ's client in {@code rabbit} and in this JVM in {@code memory}.
 */
@NullMarked
package dev.parley.oslo.driver;

import org.jspecify.annotations.NullMarked;
