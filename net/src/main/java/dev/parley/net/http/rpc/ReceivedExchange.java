package dev.parley.net.http.rpc;

import dev.parley.net.http.HttpResponse;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.security.Principal;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The exchange of a request that Parley's own HTTP server has not received. Thread-safe. */
public final class ReceivedExchange implements RpcExchange {
    private final byte[] body;
    private final Map<String, String> headers;
    private final @Nullable String remoteAddress;
    private final @Nullable Principal principal;
    private final Consumer<HttpResponse> response;
    private final MessageCharge charge = MessageCharge.of(MemoryBudget.process());
    private final AtomicBoolean responded = new AtomicBoolean();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    /**
     * An exchange.
     *
     * @param body the message
     * @param headers the header fields, under lower-case names
     * @param response takes the response, on any thread, at most once
     */
    public ReceivedExchange(
            byte[] body,
            Map<String, String> headers,
            @Nullable String remoteAddress,
            @Nullable Principal principal,
            Consumer<HttpResponse> response) {
        this.body = body;
        this.headers = headers;
        this.remoteAddress = remoteAddress;
        this.principal = principal;
        this.response = response;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public MessageCharge charge() {
        return charge;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public @Nullable String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    @Override
    public boolean tryRespond(HttpResponse given) {
        if (!responded.compareAndSet(false, true)) {
            return false;
        }
        charge.close();
        response.accept(given);
        return true;
    }

    @Override
    public void abandon() {
        boolean unused = tryRespond(HttpResponse.text(500, "the server failed to handle this request"));
    }

    @Override
    public void onCancel(Runnable action) {
        cancelled.thenRun(() -> {
            if (!responded.get()) {
                action.run();
            }
        });
    }

    /** The peer has gone: cancels the calls of the request. */
    public void cancel() {
        charge.abandon();
        cancelled.complete(null);
    }

    @Override
    public void called(String method, @Nullable Integer code) {}
}
