/**
 * MessagePack as a Jackson data format: a parser over one message's bytes, a generator into a growing buffer, and a cursor that walks values without making
 * objects of them. Written here because msgpack-core reaches into {@code sun.misc.Unsafe}, which newer JDKs warn of and will refuse.
 */
@NullMarked
package dev.parley.zerorpc.msgpack;

import org.jspecify.annotations.NullMarked;
