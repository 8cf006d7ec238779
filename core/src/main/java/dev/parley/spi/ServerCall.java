package dev.parley.spi;

import dev.parley.RpcClient;
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
 * One call as a wire has read it, and the receiver of its outcome. Implemented by wires, used by the {@link
 * Dispatcher}.
 *
 * <p>The dispatcher calls {@link #arguments} at most once, on the thread of the call, and then exactly one of {@link
 * #reply}, {@link #stream} and {@link #fail}; {@code fail} follows the other two only if encoding the result or an item
 * failed. Calls without a response get the outcome too, for acknowledgements and logs.
 *
 * <p>{@link #cancel}, {@link #isCancelled} and {@link #onCancel} are thread-safe. The other methods may be called by
 * any thread, but by one at a time; {@link #progress} and the accessors by several.
 */
public abstract class ServerCall {
    private volatile boolean cancelled;
    private @Nullable Runnable canceller;

    /** For subclasses. */
    protected ServerCall() {}

    /** The name of the method as on the wire. */
    public abstract String method();

    /**
     * The namespace, {@code null} for none. The direct wires leave it {@code null} and write {@code namespace.method}.
     */
    public @Nullable String namespace() {
        return null;
    }

    /**
     * The requested version. {@code null} means any; oslo.messaging's wire uses {@code 1.0} if the message has none.
     */
    public @Nullable String version() {
        return null;
    }

    /**
     * The mapper of the wire's format; the same object for all calls of a listener, because readers are cached by it.
     */
    public abstract ObjectMapper mapper();

    /**
     * The arguments: a parser of {@link #mapper()} on or just before the start of an array (positional) or object
     * (named); {@code null} for none. What follows that array or object is not read. The dispatcher closes the parser.
     *
     * @throws RpcException if the arguments cannot be read; it becomes the outcome
     */
    public abstract @Nullable JsonParser arguments();

    /**
     * How many bytes of the message the arguments are read from; 0, the default, if that is unknown. Those of a large
     * message are decoded in its turn, see {@link LargeMessages}, and charged to the memory budget.
     */
    public long messageBytes() {
        return 0;
    }

    /** The caller's context. */
    public Map<String, @Nullable Object> context() {
        return Map.of();
    }

    /** When the caller stops waiting; after that the method is not started. {@code null} for no deadline. */
    public @Nullable Instant deadline() {
        return null;
    }

    /** The scheme of the wire. */
    public abstract String wire();

    /** The network address of the caller; {@code null} if there is no socket. */
    public @Nullable String remoteAddress() {
        return null;
    }

    /** The authenticated caller; {@code null} if the wire did not authenticate the caller. */
    public @Nullable Principal principal() {
        return null;
    }

    /**
     * A client that calls the caller on the same connection, the same object for all calls of the connection; {@code
     * null}, the default, if the wire cannot.
     */
    public @Nullable RpcClient caller() {
        return null;
    }

    /**
     * What identifies the connection of {@link #caller}, the same object as {@link ClientTransport#connection} of its
     * transport; {@code null}, the default, if the wire cannot call its caller.
     */
    public @Nullable Object connection() {
        return null;
    }

    /** HTTP headers and similar data, names in lower case. */
    public Map<String, String> metadata() {
        return Map.of();
    }

    /** Whether the wire can stream. If not, the dispatcher collects the items of a stream and replies with a list. */
    public boolean streams() {
        return false;
    }

    /**
     * Tells the caller that the method is still running and how far it is. Called by any thread while the call is in
     * progress, perhaps concurrently with its outcome; must not block for long. Does nothing by default: a wire
     * overrides it if its protocol can transmit progress.
     *
     * @param done how much is done, in any unit; a finite number, not negative
     * @param total how much there is to do, in the same unit; {@code null} if that is unknown
     * @param message what the method is doing, for people; {@code null} for none
     */
    public void progress(double done, @Nullable Double total, @Nullable String message) {}

    /**
     * The method returned.
     *
     * @param value the result
     * @param type its declared type: that of the value of a {@code CompletionStage} or {@code Optional}
     * @throws RpcException if the value cannot be encoded; nothing may have been sent then, and {@link #fail} follows
     */
    public abstract void reply(@Nullable Object value, Type type);

    /** The call failed, in the method or before it. Must not throw. */
    public abstract void fail(RpcException error);

    /**
     * Not even a failure could be told: {@link #fail} has thrown twice. The wire gives its shortest response or closes
     * the connection, so that the caller does not wait, and must not throw. Does nothing by default.
     */
    public void abandon(Throwable error) {}

    /**
     * The method returned a stream. Runs on a thread that may block: sends each item when the peer allows it, then the
     * end. An exception of the iterator or of encoding an item is passed on, and {@link #fail} follows. Returns early
     * if {@link #isCancelled}.
     */
    public void stream(Iterator<? extends @Nullable Object> items) {
        throw new IllegalStateException("the wire " + wire() + " does not support streams");
    }

    /** For the wire: the caller is gone. Interrupts the method, unless it runs inline. */
    public final void cancel() {
        Runnable action;
        synchronized (this) {
            cancelled = true;
            action = canceller;
            if (action != null) {
                // Inside the lock, so that a thread that already does other work is never interrupted.
                action.run();
            }
        }
    }

    /** Whether the caller is known to be gone. */
    public final boolean isCancelled() {
        return cancelled;
    }

    /** For the dispatcher: what {@link #cancel} does while the method runs; {@code null} when the method has ended. */
    public final void onCancel(@Nullable Runnable action) {
        synchronized (this) {
            canceller = action;
            if (action != null && cancelled) {
                action.run();
            }
        }
    }
}
