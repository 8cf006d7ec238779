/** ZMTP 3.x, ZeroMQ's protocol, on Netty: ROUTER and DEALER sockets with the NULL mechanism. */
@NullMarked
package dev.parley.zerorpc.zmtp;

import org.jspecify.annotations.NullMarked;
