package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The shapes of functions that a server can offer as methods; see {@link RpcServer.Builder#method}. They may throw:
 * what they throw is the failure of the call. A function may return everything that a method of an endpoint object may
 * return, such as a {@link java.util.concurrent.CompletionStage} or a stream. Implementations must be thread-safe.
 */
public final class Functions {
    private Functions() {}

    /**
     * A function without parameters.
     *
     * @param <R> the type of the result
     */
    @FunctionalInterface
    public interface Function0<R extends @Nullable Object> {
        /** Runs the function. */
        R call() throws Exception;
    }

    /**
     * A function of one parameter.
     *
     * @param <A> the type of the parameter
     * @param <R> the type of the result
     */
    @FunctionalInterface
    public interface Function1<A extends @Nullable Object, R extends @Nullable Object> {
        /** Runs the function. */
        R call(A a) throws Exception;
    }

    /**
     * A function of two parameters.
     *
     * @param <A> the type of the first parameter
     * @param <B> the type of the second parameter
     * @param <R> the type of the result
     */
    @FunctionalInterface
    public interface Function2<A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> {
        /** Runs the function. */
        R call(A a, B b) throws Exception;
    }

    /**
     * A function of three parameters.
     *
     * @param <A> the type of the first parameter
     * @param <B> the type of the second parameter
     * @param <C> the type of the third parameter
     * @param <R> the type of the result
     */
    @FunctionalInterface
    public interface Function3<
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            R extends @Nullable Object> {
        /** Runs the function. */
        R call(A a, B b, C c) throws Exception;
    }

    /**
     * A function of four parameters.
     *
     * @param <A> the type of the first parameter
     * @param <B> the type of the second parameter
     * @param <C> the type of the third parameter
     * @param <D> the type of the fourth parameter
     * @param <R> the type of the result
     */
    @FunctionalInterface
    public interface Function4<
            A extends @Nullable Object,
            B extends @Nullable Object,
            C extends @Nullable Object,
            D extends @Nullable Object,
            R extends @Nullable Object> {
        /** Runs the function. */
        R call(A a, B b, C c, D d) throws Exception;
    }

    /** Handles the calls of methods that the server does not have otherwise; see {@link RpcServer.Builder#fallback}. */
    @FunctionalInterface
    public interface Fallback {
        /**
         * Runs one call. To refuse a method, throw {@link MethodNotFoundException}.
         *
         * @param context the context of the call
         * @param method the name of the method, with its namespace: {@code namespace.name}, or the name alone
         * @param arguments the arguments, positional or named as the caller sent them; the values are maps, lists,
         *     strings, numbers, booleans, byte arrays and {@code null}, as the wire decodes them
         * @return the result
         */
        @Nullable
        Object call(RpcContext context, String method, Args arguments) throws Exception;
    }
}
