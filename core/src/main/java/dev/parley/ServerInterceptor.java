package dev.parley;

import org.jspecify.annotations.Nullable;

/** Stands around every call that a server runs, on the thread of the call. Must be thread-safe. */
@FunctionalInterface
public interface ServerInterceptor {
    /**
     * Runs one call, by {@code next.proceed()} or instead of it. What it returns is the call's result, what it throws is the call's failure.
     *
     * <p>Arguments are bound before, so a call whose arguments do not fit never gets here. A method that returns a
     * {@link java.util.concurrent.CompletionStage} proceeds to that stage, not to its value.
     */
    @Nullable
    Object intercept(RpcContext context, Invocation next) throws Throwable;

    /** The rest of the chain, with the method at its end. */
    interface Invocation {
        /** Runs it. */
        @Nullable
        Object proceed() throws Throwable;
    }
}
