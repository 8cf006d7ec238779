/**
 * zerorpc over its own ZMTP sockets, both sides. There is nothing here to call: {@link dev.parley.zerorpc.ZerorpcWire} is found by its schemes.
 */
@NullMarked
package dev.parley.zerorpc;

import org.jspecify.annotations.NullMarked;
