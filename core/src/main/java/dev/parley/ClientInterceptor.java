package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * Sees every call that a client makes, blocking or not: before it is sent, and its outcome. Must be thread-safe and must not block, since an outcome may be
 * handed over on the wire's own thread. Covers zerorpc's client hooks.
 */
public interface ClientInterceptor {
    /**
     * One call as it is about to be sent.
     *
     * @param method the method's name
     * @param args its arguments
     * @param options target, timeout, context and the rest
     */
    record Request(String method, Args args, CallOptions options) {}

    /** Before sending: returns the request to send, the one given or another. An exception fails the call unsent. */
    default Request beforeRequest(Request request) {
        return request;
    }

    /** After an answer: returns the result that the caller gets. */
    default @Nullable Object afterResult(Request request, @Nullable Object result) {
        return result;
    }

    /** After a failure: returns the error that the caller gets. */
    default RpcException afterError(Request request, RpcException error) {
        return error;
    }
}
