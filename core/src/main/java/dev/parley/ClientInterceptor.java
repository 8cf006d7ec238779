package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * Stands around every call that a client makes: calls, casts and streams, blocking or not. Of the same shape as
 * {@link ServerInterceptor}; covers zerorpc's client hooks. Must be thread-safe. May block: with interceptors,
 * {@link RpcClient#callAsync} runs on a virtual thread.
 */
@FunctionalInterface
public interface ClientInterceptor {
    /**
     * Makes one call, by {@code next.proceed(request)} or instead of it. What it returns is what the caller gets: the
     * result; {@code null} for a cast; for a stream a {@link java.util.stream.Stream}, whose end and failure
     * {@link ClientRequest#onComplete} reports. What it throws is the call's failure: an {@link RpcException} as it is,
     * another unchecked exception too, a checked one as the cause of a {@link RemoteException}.
     */
    @Nullable
    Object intercept(ClientRequest request, Chain next) throws Exception;

    /** The rest of the chain, with the transport at its end. */
    interface Chain {
        /** Sends the request, the one given to the interceptor or a changed one. */
        @Nullable
        Object proceed(ClientRequest request) throws Exception;
    }
}
