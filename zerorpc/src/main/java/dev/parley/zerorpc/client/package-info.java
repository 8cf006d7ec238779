/**
 * The client side: {@link dev.parley.zerorpc.client.ZerorpcTransport} opens a channel for each call and reports what
 * arrives on it.
 */
@NullMarked
package dev.parley.zerorpc.client;

import org.jspecify.annotations.NullMarked;
