package dev.parley;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Several calls that are sent together: in one message where the wire and the peer have such messages (JSON-RPC's
 * batch, XML-RPC's {@code system.multicall}), else one by one. Each call has its own outcome; one that fails, or that
 * cannot be sent, does not affect the others. The peer may run them in any order, and at the same time.
 *
 * <p>The options are those of the client that made it, and the timeout is that of the whole batch. A batch is never
 * sent again, even if its calls are idempotent. The interceptors of the client surround each call; the batch is sent
 * once all of them have proceeded or have responded by themselves.
 *
 * <p>Not thread-safe, and sent once. Its results may be read on any thread.
 */
public interface RpcBatch {
    /**
     * Adds a call.
     *
     * @throws IllegalStateException if the batch has been sent
     */
    <T> Result<T> call(String method, Class<T> resultType, @Nullable Object... args);

    /** Adds a call for a result of a generic type; see {@link #call(String, Class, Object...)}. */
    <T> Result<T> call(String method, TypeRef<T> resultType, @Nullable Object... args);

    /**
     * Adds a call whose response nobody waits for: a notification of JSON-RPC; on wires without such messages a call
     * whose result is dropped and whose failure is logged.
     *
     * @throws IllegalStateException if the batch has been sent
     */
    void cast(String method, @Nullable Object... args);

    /** The number of calls and casts. */
    int size();

    /**
     * Sends the batch and blocks until each call has an outcome. Does not throw what a call fails with, even if all
     * do: {@link Result#get} does. Sends nothing if the batch is empty.
     *
     * @return the results of the calls, casts excluded, in the order in which they were added
     * @throws IllegalStateException if the batch has been sent
     */
    List<Result<?>> send();

    /**
     * Sends the batch on another thread; the future completes with the {@linkplain #send results}. Cancelling the
     * future cancels the calls.
     */
    CompletableFuture<List<Result<?>>> sendAsync();

    /**
     * The outcome of one call of a batch. Thread-safe.
     *
     * @param <T> the type of the result
     */
    interface Result<T> {
        /** The method that was called. */
        String method();

        /**
         * The result.
         *
         * @throws RuntimeException the {@link RpcException} that the call failed with, or what
         *     {@link RpcClient.Builder#mapException} made of it
         * @throws IllegalStateException if the batch has no response yet
         */
        @Nullable
        T get();

        /**
         * What the call failed with; {@code null} if it has a result.
         *
         * @throws IllegalStateException if the batch has no response yet
         */
        @Nullable
        RuntimeException error();
    }
}
