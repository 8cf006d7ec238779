package dev.parley.net.http.rpc;

import dev.parley.RpcException;
import dev.parley.http.HttpResponseException;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds to errors the HTTP response by which they came. Immutable and thread-safe. */
final class ResponseErrors {
    private final String url;

    /**
     * For one client.
     *
     * @param url what is requested, without secrets
     */
    ResponseErrors(String url) {
        this.url = url;
    }

    /** The error, with the response as a cause, and with what it says about another attempt. */
    RpcException with(HttpResponse response, RpcException received) {
        RpcException error = RetryAfter.read(response, received);
        if (HttpResponseException.of(error) == null) {
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().forEach((name, value) -> headers.computeIfAbsent(name, response.headers()::all));
            HttpResponseException cause = new HttpResponseException(response.status(), url, headers, response.body());
            if (error.getCause() == null) {
                error.initCause(cause);
            } else {
                error.addSuppressed(cause);
            }
        }
        return error;
    }

    /** The result, with errors of decoding as {@link #with(HttpResponse, RpcException)} makes them. */
    EncodedResult with(HttpResponse response, EncodedResult result) {
        return (readers, call) -> {
            try {
                return result.decode(readers, call);
            } catch (RpcException e) {
                throw with(response, e);
            }
        };
    }

    /** The response to a batch, to be set when it is there. */
    Response response() {
        return new Response();
    }

    /** Wraps the listeners of the calls of a batch. Safe for use by any thread. */
    final class Response {
        private volatile @Nullable HttpResponse current;

        /** Sets the response by which further outcomes come; {@code null} if they come by others. */
        void set(@Nullable HttpResponse response) {
            current = response;
        }

        /** A listener that passes on what it is told. */
        ResponseListener listener(ResponseListener listener) {
            return new ResponseListener() {
                @Override
                public void onSent() {
                    listener.onSent();
                }

                @Override
                public void onResult(EncodedResult result) {
                    HttpResponse response = current;
                    listener.onResult(response == null ? result : with(response, result));
                }

                @Override
                public void onItem(EncodedResult item) {
                    listener.onItem(item);
                }

                @Override
                public void onEnd() {
                    listener.onEnd();
                }

                @Override
                public void onFailure(Throwable error) {
                    HttpResponse response = current;
                    listener.onFailure(
                            response != null && error instanceof RpcException rpc ? with(response, rpc) : error);
                }

                @Override
                public void onNotSent(RpcException error) {
                    listener.onNotSent(error);
                }
            };
        }
    }
}
