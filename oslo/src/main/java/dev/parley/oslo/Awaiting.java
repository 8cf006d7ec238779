package dev.parley.oslo;

import dev.parley.RpcException;

/** What waits for replies. Thread-safe. */
interface Awaiting {
    /** The id that its replies carry. */
    String id();

    void received(Reply message);

    void fail(RpcException error);

    /** Nobody waits any more. */
    void stopListening();
}
