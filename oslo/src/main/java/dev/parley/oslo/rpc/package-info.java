/**
 * RPC itself, both sides. A server's {@code OsloListener} takes requests from its queues, runs each as an {@code OsloCall} and answers through the
 * {@code ReplySender}; a client's {@code OsloConnection} sends requests and waits on its one {@code ReplyQueue}. Knows brokers only as a
 * {@link dev.parley.oslo.driver.Driver}.
 */
@NullMarked
package dev.parley.oslo.rpc;

import org.jspecify.annotations.NullMarked;
