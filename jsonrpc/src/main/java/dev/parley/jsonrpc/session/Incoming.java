package dev.parley.jsonrpc.session;

import dev.parley.RpcException;
import dev.parley.spi.CallSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one message. Confined to one thread at a time until they are started; {@code cancel} is thread-safe as
 * soon as the message is prepared.
 */
public final class Incoming {
    private final List<Step> steps = new ArrayList<>(1);
    private int next;
    private boolean notification;
    private @Nullable Runnable whenAccepted;
    private volatile @Nullable Runnable whenFinished;
    /** The bytes of the message that are charged until it has its response. */
    private int size;

    Incoming() {}

    /** Takes the response to a message. */
    interface Responder {
        void respond(Incoming message, byte[] response);
    }

    /** What is done for one request: a call of the dispatcher, or something that has its response at once. */
    private record Step(@Nullable ServedCall call, Runnable otherwise) {
        /** Returns whether there is room for more. */
        boolean start(CallSource source) {
            if (call != null) {
                return source.dispatch(call);
            }
            otherwise.run();
            return true;
        }
    }

    void add(Runnable step) {
        steps.add(new Step(null, step));
    }

    void add(ServedCall call) {
        steps.add(new Step(call, () -> {}));
    }

    /** Whether some of the calls may have to wait until others are started. */
    boolean hasSeveral() {
        return steps.size() > 1;
    }

    /** What follows once the dispatcher has room for more, for a message without a response. */
    void whenAccepted(Runnable action) {
        notification = true;
        whenAccepted = action;
    }

    int size() {
        return size;
    }

    void size(int bytes) {
        size = bytes;
    }

    /** Whether there is no response. */
    boolean isNotification() {
        return notification;
    }

    /** What follows when all calls of a message without a response have ended. To be set before the start. */
    void whenFinished(Runnable action) {
        whenFinished = action;
    }

    void finished() {
        Runnable action = whenFinished;
        if (action != null) {
            action.run();
        }
    }

    /**
     * Starts the calls, as far as the dispatcher has room for them. By one thread at a time.
     *
     * @return {@code false} if it has no room for more: then this is to be called again when it has
     */
    boolean start(CallSource source) {
        while (next < steps.size()) {
            if (!steps.get(next++).start(source)) {
                return false;
            }
        }
        Runnable action = whenAccepted;
        whenAccepted = null;
        if (action != null) {
            action.run();
        }
        return true;
    }

    /** Starts the calls that are left, which wait in the dispatcher if need be. */
    void startAll(CallSource source) {
        while (!start(source)) {
            // The next one.
        }
    }

    /** Refuses the calls instead of starting them. */
    void refuse(RpcException error) {
        for (Step step : steps) {
            if (step.call() == null) {
                step.otherwise().run();
            } else {
                step.call().fail(error);
            }
        }
    }

    /** Whether the peer waits for none of the calls. */
    boolean isCancelled() {
        return !steps.isEmpty()
                && steps.stream()
                        .allMatch(step -> step.call() != null && step.call().isCancelled());
    }

    /** The peer has disconnected: interrupts its calls. */
    public void cancel() {
        for (Step step : steps) {
            if (step.call() != null) {
                step.call().cancel();
            }
        }
    }

    /** The peer cancels one call: interrupts it, if it is among these. */
    void cancel(String id) {
        for (Step step : steps) {
            if (step.call() != null && step.call().hasId(id)) {
                step.call().cancel();
            }
        }
    }
}
