package dev.parley.spi;

import dev.parley.RpcException;

/**
 * What a {@link ClientTransport} reports about one call, in order: any number of items, then exactly one of
 * {@link #onResult}, {@link #onEnd} and {@link #onFailure}; {@link #onNotSent} ends it too. What comes after that is
 * ignored. May be called on any thread, also before {@code start} has returned. Does not block.
 */
public interface ResponseListener {
    /**
     * The message of a cast is handed over: to the broker, which has confirmed it, or to the socket. A cast of a wire
     * with such messages is over then.
     */
    void onSent();

    /** The one result; for a stream, a list that the peer returned instead. */
    void onResult(EncodedResult result);

    /**
     * Whether a call that expects a stream takes any other value as its result too, and not only a list. By default not:
     * the call fails then.
     */
    default boolean acceptsValue() {
        return false;
    }

    /** An item of a stream. */
    void onItem(EncodedResult item);

    /** The end of a stream. */
    void onEnd();

    /**
     * The call failed: by what the peer reported, or by the connection. An {@link RpcException} must be a new one for
     * each call, since its stack trace is set; anything else is taken for an unexpected failure of the connection.
     */
    void onFailure(Throwable error);

    /**
     * The message has surely not been sent, since a broker does not take it now; the engine may start the call again.
     */
    void onNotSent(RpcException error);
}
