/**
 * oslo.messaging over AMQP, both sides, on RabbitMQ or within one JVM.
 *
 * <p>Users rarely call anything here: with this module on the path, {@link dev.parley.RpcServer} and
 * {@link dev.parley.RpcClient} support the schemes {@code rabbit}, {@code kombu} and {@code memory}.
 * {@link dev.parley.oslo.Transport} reads the configuration of an OpenStack service,
 * {@link dev.parley.oslo.RequestContext} is the context of its calls.
 *
 * <p>A call passes through the other packages in this order: {@code rpc} has both sides of RPC, {@code message} encodes
 * and decodes what they send, {@code topology} names the exchanges and queues, and {@code driver} is what RPC needs of
 * a broker, implemented for RabbitMQ in {@code driver.rabbit} and within the JVM in {@code driver.memory}. Each of them
 * knows only those after it, and {@code options}, which holds the options of the transport URL. {@code config} reads
 * the configuration of a service.
 */
@NullMarked
package dev.parley.oslo;

import org.jspecify.annotations.NullMarked;
