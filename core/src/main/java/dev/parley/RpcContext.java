package dev.parley;

import dev.parley.internal.TaskContext;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The context of a call on the server. A method receives it by declaring it as its first parameter. Valid until the
 * call completes. Thread-safe.
 */
public interface RpcContext {
    /**
     * The context of the call that the current thread runs; {@code null} if it runs none. Interceptors, the method and
     * the items of a stream run in it; threads that a method starts, and the stages that follow one that it returns, do
     * not, unless their tasks are {@linkplain #wrap(Runnable) wrapped}.
     */
    static @Nullable RpcContext current() {
        return TaskContext.current();
    }

    /**
     * A task that runs in this context on any thread, so that what it calls inherits the context where the wire does
     * so, as zerorpc does. As {@code fork_task_context} of zerorpc for Python. It may run after the call has completed.
     */
    default Runnable wrap(Runnable task) {
        Objects.requireNonNull(task, "task");
        return () -> {
            RpcContext outer = TaskContext.enter(this);
            try {
                task.run();
            } finally {
                TaskContext.exit(outer);
            }
        };
    }

    /** The same for a task with a result. */
    default <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        Objects.requireNonNull(task, "task");
        return () -> {
            RpcContext outer = TaskContext.enter(this);
            try {
                return task.call();
            } finally {
                TaskContext.exit(outer);
            }
        };
    }

    /** The name of the method as the caller wrote it. */
    String method();

    /** The namespace that the caller asked for; {@code null} for none. */
    @Nullable
    String namespace();

    /** The version that the caller asked for; {@code null} for none. */
    @Nullable
    String version();

    /**
     * The caller's context: oslo.messaging's request context, zerorpc's extra headers. Empty if the wire carries none.
     */
    Map<String, @Nullable Object> values();

    /**
     * The caller's context as a record or bean.
     *
     * @throws SerializationException if it does not match the type
     */
    <T> T values(Class<T> type);

    /** The scheme of the wire, such as {@code xmlrpc+http}. */
    String wire();

    /** The network address of the caller; {@code null} if there is no socket. */
    @Nullable
    String remoteAddress();

    /** The authenticated caller; {@code null} if the wire did not authenticate the caller. */
    @Nullable
    Principal principal();

    /** Further data from the wire, such as HTTP headers under their lower-case names. */
    Map<String, String> metadata();

    /**
     * A client that calls the caller back, on the connection that the call came on. It may be kept when the call is
     * over, to notify a subscriber later: all calls of a connection get the same one. When the connection has ended its
     * calls fail with {@link ConnectionLostException}, {@link RpcClient#isReady} is {@code false}, and
     * {@link RpcClient#onDisconnect} tells; it never connects anew. {@link RpcClient#close} does nothing: the connection
     * is its caller's.
     *
     * <p>It has the server's serializer and the default settings of a client. While a method waits for the result of
     * {@link RpcClient#call} on it, the method does not count against
     * {@link RpcServer.Builder#maxConcurrentCalls}, so that the caller may call again before it responds; at most ten
     * times as many methods as that limit wait in this way, further ones fail with {@link OverloadedException}.
     *
     * @throws InvalidTargetException if the wire cannot carry calls to its caller; those of JSON-RPC on a socket, a pipe
     *     or a WebSocket can
     */
    RpcClient caller();

    /** When the caller stops waiting; {@code null} if the wire does not transmit a deadline. */
    @Nullable
    Instant deadline();

    /** The time left until the deadline, never negative; {@code null} if there is no deadline. */
    default @Nullable Duration remaining() {
        Instant deadline = deadline();
        if (deadline == null) {
            return null;
        }
        Duration left = Duration.between(Instant.now(), deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * Whether the caller is known to be gone. The thread of the method is interrupted at that moment too, unless the
     * method runs inline.
     */
    boolean isCancelled();

    /**
     * Registers an action that runs once, when the call is complete: when its response has been handed to the wire, or
     * its failure; for a {@link java.util.concurrent.CompletionStage} after that stage has completed; for a stream when
     * its last item has been sent, it has failed, or its reader is gone. Calls without a response, such as casts and
     * notifications, complete in the same way.
     *
     * <p>The action receives {@code null} for success, else the error: the exception of the method or of an
     * interceptor, a {@link SerializationException} if the result could not be encoded, or a {@link
     * java.util.concurrent.CancellationException} if the reader of a stream left before the last item.
     *
     * <p>Actions run in the order in which they were registered, on the thread that completes the call, and must not
     * block. An exception that an action throws is logged. An action that is registered after the call has completed
     * runs at once, on the calling thread.
     *
     * @param action receives the outcome
     */
    void onComplete(Consumer<? super @Nullable Throwable> action);

    /**
     * Reports to the caller that the method is still running and how far it is. A wire that cannot transmit progress
     * ignores it, and so does a call that has completed.
     *
     * @param done how much is done, in any unit; not negative
     * @param total how much there is to do, in the same unit; {@code null} if that is unknown
     * @param message what the method is doing, for people; {@code null} for none
     * @throws IllegalArgumentException if {@code done} or {@code total} is negative, infinite or not a number
     */
    void progress(double done, @Nullable Double total, @Nullable String message);
}
