package dev.parley.internal;

import dev.parley.RpcContext;
import org.jspecify.annotations.Nullable;

/** Which served call each thread runs. Thread-safe. */
public final class TaskContext {
    private static final ThreadLocal<@Nullable RpcContext> CURRENT = new ThreadLocal<>();

    private TaskContext() {}

    /** The context of the call that the current thread runs; {@code null} if it runs none. */
    public static @Nullable RpcContext current() {
        return CURRENT.get();
    }

    /**
     * From now on the current thread runs this call; {@code null} for none. {@link #exit} must follow.
     *
     * @return what to give to {@code exit}
     */
    public static @Nullable RpcContext enter(@Nullable RpcContext context) {
        RpcContext outer = CURRENT.get();
        CURRENT.set(context);
        return outer;
    }

    /**
     * The current thread has run the call.
     *
     * @param outer what {@link #enter} returned
     */
    public static void exit(@Nullable RpcContext outer) {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
