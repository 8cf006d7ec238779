/**
 * zerorpc over its own ZMTP sockets, client and server. There is nothing to call here:
 * {@link dev.parley.zerorpc.ZerorpcWire} is found by its address schemes.
 */
@NullMarked
package dev.parley.zerorpc;

import org.jspecify.annotations.NullMarked;
