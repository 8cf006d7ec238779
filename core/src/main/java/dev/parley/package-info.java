/**
 * The API of Parley: plain Java objects served and called on every RPC wire.
 *
 * <p>{@link dev.parley.RpcServer} serves objects and functions on any number of wires; {@link dev.parley.RpcClient}
 * calls any peer in the same way on each of them. The scheme of an {@linkplain dev.parley.Address address} selects the
 * wire. {@link dev.parley.Target} says where behind a broker a call goes, {@link dev.parley.CallOptions} how. Every
 * error is a {@link dev.parley.RpcException}.
 */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
