/**
 * What RPC and notifications need of a broker: publishing with confirms, consuming, acknowledging. Implemented with
 * RabbitMQ's client in {@code rabbit}, and within this JVM in {@code memory}.
 */
@NullMarked
package dev.parley.oslo.driver;

import org.jspecify.annotations.NullMarked;
