package dev.parley.net.http.rpc;

import dev.parley.OverloadedException;
import dev.parley.RpcHandler;
import dev.parley.net.http.BrowserPolicy;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Guard;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.PeerLog;
import java.security.Principal;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The server side of a protocol over HTTP: what it does with a POST and, if the option {@code docs} is set, with a GET.
 * The same behind a listener, a servlet, CGI and {@link RpcHandler#handle(byte[])}. Thread-safe.
 */
public final class HttpRpcHandler implements RpcHandler {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(HttpRpcHandler.class));

    private final String contentType;
    private final int maxBody;
    private final @Nullable DocumentationPage page;
    private final BrowserPolicy browsers;
    private final Consumer<RpcExchange> handler;

    /**
     * A handler. Reads the options {@code docs}, {@code origins} and {@code hosts}.
     *
     * @param protocol whose messages the form of the page writes
     * @param maxBody the largest message in bytes
     * @param handler responds to each exchange once, now or later
     */
    public HttpRpcHandler(
            DocumentationPage.Protocol protocol,
            AddressOptions options,
            Dispatcher dispatcher,
            int maxBody,
            Consumer<RpcExchange> handler) {
        this.contentType = protocol.contentType();
        this.maxBody = maxBody;
        this.page = options.ofServer().flag("docs", false) ? new DocumentationPage(protocol, dispatcher) : null;
        this.browsers = HttpAddress.browsers(options);
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    @Override
    public String contentType() {
        return contentType;
    }

    /** The largest message in bytes. */
    public int maxBody() {
        return maxBody;
    }

    BrowserPolicy browsers() {
        return browsers;
    }

    /** Whether a GET gets a page that documents the methods. */
    public boolean hasPage() {
        return page != null;
    }

    /**
     * The page that documents the methods that a caller may call, rendered anew.
     *
     * @throws IllegalStateException unless {@link #hasPage}
     */
    public HttpResponse page(@Nullable Principal caller) {
        if (page == null) {
            throw new IllegalStateException("the handler has no page");
        }
        return page.response(caller);
    }

    /** Handles a message on this thread, or, if it is large, on a virtual thread; this one may be an event loop. */
    public void handle(RpcExchange exchange) {
        if (exchange.body().length > HttpRpcListener.LARGE) {
            offLoop(exchange, handler);
        } else {
            handler.accept(exchange);
        }
    }

    /** Handles an exchange on a virtual thread. */
    public static void offLoop(RpcExchange exchange, Consumer<RpcExchange> handler) {
        Guard.start("parley-http-handler", () -> accept(exchange, handler), e -> exchange.abandon());
    }

    private static void accept(RpcExchange exchange, Consumer<RpcExchange> handler) {
        try {
            handler.accept(exchange);
        } catch (OverloadedException | CancellationException e) {
            // Canceled is what the server needs the memory of, or whose peer has gone.
            exchange.tryRespond(HttpResponse.text(503, MessageCharge.REFUSAL).with("Retry-After", "1"));
        } catch (RuntimeException | Error e) {
            faults.error(exchange.remoteAddress(), "the handler of a request failed", e);
            exchange.abandon();
        }
    }

    @Override
    public CompletableFuture<byte[]> handle(byte[] request, Caller caller) {
        Objects.requireNonNull(caller, "caller");
        if (request.length > maxBody) {
            throw new IllegalArgumentException("the request has " + request.length + " bytes, the limit is " + maxBody);
        }
        CompletableFuture<byte[]> response = new CompletableFuture<>();
        ReceivedExchange exchange =
                new ReceivedExchange(request, caller.metadata(), caller.remoteAddress(), caller.principal(), given -> {
                    if (given.status() == 200 || given.status() == 503) {
                        response.complete(given.body());
                    } else {
                        response.completeExceptionally(
                                new IllegalStateException("the server failed to handle this request"));
                    }
                });
        response.whenComplete((done, error) -> {
            if (response.isCancelled()) {
                exchange.cancel();
            }
        });
        accept(exchange, handler);
        return response;
    }
}
