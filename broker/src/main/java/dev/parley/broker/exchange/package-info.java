/**
 * Exchanges and their bindings: which destinations match a routing key and headers. An exchange does not know what a
 * {@link dev.parley.broker.exchange.Destination} does with a message.
 */
@NullMarked
package dev.parley.broker.exchange;

import org.jspecify.annotations.NullMarked;
