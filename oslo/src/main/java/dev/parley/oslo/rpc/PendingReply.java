package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.message.Reply;

/** What waits for replies. Thread-safe. */
interface PendingReply {
    /** The id that its replies carry. */
    String id();

    void received(Reply message);

    void fail(RpcException error);

    /** Nobody waits any more. */
    void stopListening();
}
