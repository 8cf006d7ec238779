/**
 * For writers of wires.
 *
 * <p>A {@link dev.parley.spi.Wire} turns bytes into {@link dev.parley.spi.ServerCall}s for the {@link dev.parley.spi.Dispatcher}, and
 * {@link dev.parley.spi.ClientCall}s into bytes. Every wire's value encoding is a Jackson format made by {@link dev.parley.spi.ValueMapping}, so that arguments
 * decode straight from the wire's parser into parameter types. Wires are found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package dev.parley.spi;

import org.jspecify.annotations.NullMarked;
