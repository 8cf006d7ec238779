package dev.parley.jsonrpc.session;

import dev.parley.RpcException;
import dev.parley.spi.Dispatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls of one message. Confined to one thread until they are started; then {@code cancel} is thread-safe. */
public final class Incoming {
    private final List<Step> steps = new ArrayList<>(1);
    private @Nullable Runnable whenAccepted;
    private boolean accepted = true;
    private volatile @Nullable Runnable whenFinished;
    /** The bytes of the message that are charged until it has its response. */
    private int size;

    Incoming() {}

    /** Takes the response to a message. */
    interface Responder {
        void respond(Incoming message, byte[] response);
    }

    /** What is done for one request: a call of the dispatcher, or something that has its response at once. */
    private record Step(@Nullable ServedCall call, Predicate<Runnable> start) {}

    void add(Runnable step) {
        steps.add(new Step(null, resume -> {
            step.run();
            return true;
        }));
    }

    /** Adds a call; the function starts it and returns whether the dispatcher has room for more. */
    void add(ServedCall call, Predicate<Runnable> dispatch) {
        steps.add(new Step(call, dispatch));
    }

    /** What follows once the dispatcher has room for more, for a message without a response. */
    void whenAccepted(Runnable action) {
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
        return whenAccepted != null;
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
     * Starts the calls.
     *
     * @param resume see {@link Dispatcher#dispatch}
     * @return {@link #accepted}
     */
    boolean start(Runnable resume) {
        Runnable then = whenAccepted == null ? null : new Once(whenAccepted);
        Runnable resumeAndThen = then == null
                ? resume
                : () -> {
                    then.run();
                    resume.run();
                };
        for (Step step : steps) {
            accepted &= step.start().test(resumeAndThen);
        }
        if (then != null && accepted) {
            then.run();
        }
        return accepted;
    }

    /** Whether there is room for more; if not, the source must not be read until {@code resume} is run. */
    public boolean accepted() {
        return accepted;
    }

    /** Refuses the calls instead of starting them. */
    void refuse(RpcException error) {
        for (Step step : steps) {
            if (step.call() == null) {
                boolean unused = step.start().test(() -> {});
            } else {
                step.call().fail(error);
            }
        }
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
