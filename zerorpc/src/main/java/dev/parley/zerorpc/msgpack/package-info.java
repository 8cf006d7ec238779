/**
 * MessagePack as a Jackson data format: a parser of the bytes of one message, a generator that writes to a growing
 * buffer, and a cursor that reads values without creating objects for them. It exists because msgpack-core uses
 * {@code sun.misc.Unsafe}, of which newer JDKs warn and which they will remove.
 */
@NullMarked
package dev.parley.zerorpc.msgpack;

import org.jspecify.annotations.NullMarked;
