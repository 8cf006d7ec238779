/**
 * One plain Java object, every RPC wire: what a user of Parley needs in the first five minutes.
 *
 * <p>{@link dev.parley.RpcServer} serves any object on any number of wires; {@link dev.parley.RpcClient} calls any peer with the same verbs. Which wire is
 * spoken is told by the scheme of an {@linkplain dev.parley.Address address}. {@link dev.parley.Target} says where behind a broker a call goes. Every error is
 * a {@link dev.parley.RpcException}.
 */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
