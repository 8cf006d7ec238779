package dev.parley.spi;

import dev.parley.RpcException;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/**
 * One call as a wire read it, and where its outcome goes. Written by wires, used by the {@link Dispatcher}.
 *
 * <p>The dispatcher calls {@link #arguments} once, on the thread of the call, and then exactly one of {@link #reply}, {@link #stream} and {@link #fail}; only
 * when encoding the result failed, {@code fail} follows. Calls without an answer get the outcome too, for acknowledgements and logs.
 */
public abstract class ServerCall {
    private volatile boolean cancelled;
    private @Nullable Runnable canceller;

    /** For subclasses. */
    protected ServerCall() {}

    /** The method's name as on the wire. */
    public abstract String method();

    /** The namespace, {@code null} for none. The direct wires leave it {@code null} and write {@code namespace.method}. */
    public @Nullable String namespace() {
        return null;
    }

    /** The version asked for. {@code null} means any; oslo.messaging's wire says {@code 1.0} when the message has none. */
    public @Nullable String version() {
        return null;
    }

    /** The mapper of the wire's format; the same object for all calls of a listener, since readers are cached by it. */
    public abstract ObjectMapper mapper();

    /**
     * The arguments: a parser of {@link #mapper()} on or just before the start of an array (positional) or object (named); {@code null} for none. What follows
     * that array or object is not read. Closed by the dispatcher.
     *
     * @throws RpcException if they cannot be read; it becomes the outcome
     */
    public abstract @Nullable JsonParser arguments();

    /** The caller's context. */
    public Map<String, @Nullable Object> context() {
        return Map.of();
    }

    /** Until when the caller waits; past it the method is not run any more. */
    public @Nullable Instant deadline() {
        return null;
    }

    /** The scheme of the wire. */
    public abstract String wire();

    /** The caller's network address. */
    public @Nullable String remoteAddress() {
        return null;
    }

    /** Who the caller is, if the wire authenticated him. */
    public @Nullable Principal principal() {
        return null;
    }

    /** HTTP headers and the like, names in lower case. */
    public Map<String, String> metadata() {
        return Map.of();
    }

    /** Whether the wire can stream: if not, the dispatcher collects a stream's items and replies with a list. */
    public boolean streams() {
        return false;
    }

    /**
     * The method returned.
     *
     * @param value the result
     * @param type its declared type, the real one of a {@code CompletionStage}'s value or an {@code Optional}'s
     * @throws RpcException if the value cannot be encoded; nothing may have been sent then, and {@link #fail} follows
     */
    public abstract void reply(@Nullable Object value, Type type);

    /** The method, or what comes before it, failed. Must not throw. */
    public abstract void fail(RpcException error);

    /**
     * The method returned a stream. Runs on a thread that may block: send each item as the peer grants room, then the end. An exception of the iterator or of an
     * item's encoding is thrown on, and {@link #fail} follows. Stop early when {@link #isCancelled}.
     */
    public void stream(Iterator<? extends @Nullable Object> items) {
        throw new IllegalStateException("this wire does not stream");
    }

    /** For the wire: the caller is gone. Interrupts the method, unless it runs inline. */
    public final void cancel() {
        Runnable action;
        synchronized (this) {
            cancelled = true;
            action = canceller;
            if (action != null) {
                // Inside the lock, so that a thread which has gone on to other work is never interrupted.
                action.run();
            }
        }
    }

    /** Whether the caller is known to be gone. */
    public final boolean isCancelled() {
        return cancelled;
    }

    /** For the dispatcher: what {@link #cancel} does while the method runs; {@code null} when it is over. */
    public final void onCancel(@Nullable Runnable action) {
        synchronized (this) {
            canceller = action;
            if (action != null && cancelled) {
                action.run();
            }
        }
    }
}
