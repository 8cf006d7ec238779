package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.message.Reply;

/** A call that waits for replies. Implementations are thread-safe. */
interface PendingReply {
    /** The message id that its replies carry. */
    String id();

    /** A reply arrived. Must not block. */
    void received(Reply message);

    /** Fails the call, unless it has ended. Must not block. */
    void fail(Throwable error);

    /** The call is about to be sent. */
    default void sending() {}

    /** Where the request went. */
    RequestTrace trace();

    /** The call has not been sent. */
    void notSent(RpcException error);
}
