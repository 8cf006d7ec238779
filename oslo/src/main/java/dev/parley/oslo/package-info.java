/**
 * oslo.messaging over AMQP, both sides, on RabbitMQ or in memory.
 *
 * <p>Nothing here is called by users: with this module on the path, {@link dev.parley.RpcServer} and {@link dev.parley.RpcClient} know the schemes {@code rabbit},
 * {@code kombu} and {@code memory}.
 *
 * <p>Inside, from top to bottom: {@code OsloListener} and {@code OsloConnection} are RPC's two sides; {@code Codec}, {@code Envelope}, {@code Request},
 * {@code Reply} and {@code Failure} are the messages; {@code Topology} names exchanges and queues; {@code Driver} is what RPC needs of a broker, once on the
 * RabbitMQ client ({@code RabbitDriver}: {@code Link} reconnects, {@code Publisher} confirms, {@code RabbitSubscription} consumes), once in memory.
 */
@NullMarked
package dev.parley.oslo;

import org.jspecify.annotations.NullMarked;
