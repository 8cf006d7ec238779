package dev.parley;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A call as a {@link ClientInterceptor} sees it, about to be sent. Immutable but for {@link #onComplete}; thread-safe.
 */
public interface ClientRequest {
    /** What the caller waits for. */
    enum Kind {
        /** One result. */
        CALL,
        /** Nothing: the message is handed over, and that is all. */
        CAST,
        /** A stream of items. */
        STREAM
    }

    /** The method's name, without its namespace. */
    String method();

    /** Its arguments. */
    Args args();

    /** Target, timeout, context and the rest. */
    CallOptions options();

    /** What the caller waits for. */
    Kind kind();

    /** The same call with other arguments. */
    ClientRequest withArgs(Args args);

    /** The same call with other options. */
    ClientRequest withOptions(UnaryOperator<CallOptions> change);

    /**
     * Runs an action once, when the call is over: with {@code null} when the result, the last item of the stream, or
     * (for a cast) the message has been delivered or the stream was closed early; with the error otherwise. It may run
     * on the transport's own thread and must not block. Actions run in the order in which they were added; what one
     * throws is logged. An action added later runs at once.
     */
    void onComplete(Consumer<? super @Nullable Throwable> action);
}
