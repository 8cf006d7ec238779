package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.message.Reply;

/** A call that waits for replies. Implementations are safe for use by any thread. */
interface PendingReply {
    /** The message id that its replies carry. */
    String id();

    /** A reply arrived. Must not block. */
    void received(Reply message);

    /** Fails the call, unless it has ended. Must not block. */
    void fail(RpcException error);

    /** Releases timers: the caller no longer waits. */
    void stopListening();
}
