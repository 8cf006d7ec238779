/**
 * Both sides of RPC.
 *
 * <p>Server: {@link dev.parley.oslo.rpc.OsloListener} takes requests from its queues, with {@code DuplicateWindow} and
 * {@code DeadLetters} for those that must not run; each runs as an {@code OsloCall}, and {@code ReplySender} sends the
 * reply. An {@code OutboundStream} sends items as {@code StreamCredits} allows.
 *
 * <p>Client: {@link dev.parley.oslo.rpc.OsloTransport} sends requests; a {@code PendingCall} or {@code PendingStream}
 * waits for what arrives in the {@code ReplyQueue}.
 *
 * <p>Knows brokers only as a {@link dev.parley.oslo.driver.Driver}.
 */
@NullMarked
package dev.parley.oslo.rpc;

import org.jspecify.annotations.NullMarked;
