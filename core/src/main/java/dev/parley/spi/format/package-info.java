/**
 * For writers of value encodings: base classes for a Jackson format.
 *
 * <p>Every wire's value encoding is a Jackson format, so that records, generics, enums and users' Jackson modules work
 * the same on each. A format is three classes: a {@link dev.parley.spi.format.FormatFactory} that makes parsers and
 * generators, a {@link dev.parley.spi.format.FormatParser} that turns bytes into tokens, and a
 * {@link dev.parley.spi.format.FormatGenerator} that turns tokens into bytes. The base classes hold what does not
 * depend on the encoding: number and text accessors with their range checks, the read and write contexts, nesting
 * limits, and the operations that no such format has. What is left to a subclass is the encoding itself.
 *
 * <p>The base classes are for formats whose documents are held in memory while they are read, as messages of an RPC
 * protocol are.
 */
@NullMarked
package dev.parley.spi.format;

import org.jspecify.annotations.NullMarked;
