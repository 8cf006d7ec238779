/**
 * How {@link dev.parley.RpcClient} works. A {@link dev.parley.internal.client.TransportClient} puts options, serializer
 * and interceptors in front of the {@link dev.parley.internal.client.CallEngine}, which makes calls on the transport of
 * a wire. No API.
 */
@NullMarked
package dev.parley.internal.client;

import org.jspecify.annotations.NullMarked;
