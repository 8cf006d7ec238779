package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * Surrounds every call that a server accepts, on the thread of the call: the lookup of the method, the binding of the
 * arguments and the method itself. Implementations must be thread-safe.
 */
@FunctionalInterface
public interface ServerInterceptor {
    /**
     * Runs one call, by {@code next.proceed()} or instead of it. The value returned is the result of the call; an
     * exception thrown is its failure.
     *
     * <p>The result of a method that returns a {@link java.util.concurrent.CompletionStage} or a stream is that stage
     * or stream, so the call may go on, and fail, after this method has returned. Use {@link RpcContext#onComplete} to
     * learn how the call ends.
     *
     * @param context the context of the call
     * @param next the rest of the chain
     * @return the result
     */
    @Nullable
    Object intercept(RpcContext context, Chain next) throws Throwable;

    /** The rest of the chain of interceptors, with the method at its end. For the thread of the call only. */
    interface Chain {
        /**
         * Runs the next interceptor, or the method after the last one. May be called once.
         *
         * @return what the method returned
         * @throws MethodNotFoundException if there is no such method
         * @throws UnsupportedVersionException if no endpoint supports the version
         * @throws InvalidArgumentsException if the arguments do not match the parameters
         * @throws ProtocolException if the arguments are malformed or exceed a limit
         * @throws RpcTimeoutException if the deadline has passed or the caller is gone; the method has not run then
         * @throws IllegalStateException if it was called before
         * @throws Throwable what the method throws
         */
        @Nullable
        Object proceed() throws Throwable;
    }
}
