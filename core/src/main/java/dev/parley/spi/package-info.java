/**
 * What a wire implements and uses.
 *
 * <p>A {@link dev.parley.spi.Wire} is found by {@link java.util.ServiceLoader}. Its {@link dev.parley.spi.Listener}
 * decodes requests into {@link dev.parley.spi.ServerCall}s for the {@link dev.parley.spi.Dispatcher}; its
 * {@link dev.parley.spi.ClientTransport} encodes {@link dev.parley.spi.ClientCall}s and reports to a
 * {@link dev.parley.spi.ResponseListener}, but never waits: the call engine does that for all wires. Every wire's value
 * encoding is a Jackson format made by {@link dev.parley.spi.ValueMapping}, so that arguments are decoded straight from
 * the wire's parser into parameter types.
 */
@NullMarked
package dev.parley.spi;

import org.jspecify.annotations.NullMarked;
