package dev.parley.jwt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Fetches a small text over https, in bounded time and size, without following redirects. Immutable. */
final class Fetcher {
    private final URI url;
    private final @Nullable SSLContext tls;
    private final Duration timeout;
    private final int maxBytes;

    Fetcher(URI url, @Nullable SSLContext tls, Duration timeout, int maxBytes) {
        this.url = url;
        this.tls = tls;
        this.timeout = timeout;
        this.maxBytes = maxBytes;
    }

    /** Why it failed. */
    static final class FetchException extends Exception {
        private static final long serialVersionUID = 1;

        FetchException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Fetches the text. Blocks. */
    String fetch() throws FetchException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout);
        if (tls != null) {
            builder.sslContext(tls);
        }
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        // Fetching is rare: nothing is kept between two times.
        HttpClient client = builder.build();
        try {
            // The client's own timeout ends with the head of the response.
            HttpResponse<byte[]> response = client.sendAsync(request, head -> new Bounded(maxBytes))
                    .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (response.statusCode() != 200) {
                throw new FetchException("the status of the response is " + response.statusCode() + ", not 200", null);
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (ExecutionException e) {
            throw new FetchException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new FetchException("no whole response within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException("interrupted", e);
        } finally {
            client.shutdownNow();
        }
    }

    /** Takes a body that is not longer than a limit. Confined to the client's threads, one at a time. */
    private static final class Bounded implements BodySubscriber<byte[]> {
        private final int maxBytes;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        Bounded(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (bytes.size() + buffer.remaining() > maxBytes) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    body.completeExceptionally(new IOException("the response has more than " + maxBytes + " bytes"));
                    return;
                }
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.writeBytes(part);
            }
        }

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toByteArray());
        }
    }
}
