package dev.parley.http.servlet;

import dev.parley.RpcHandler;
import dev.parley.RpcServer;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpRpcHandler;
import dev.parley.net.http.rpc.ReceivedExchange;
import dev.parley.net.http.rpc.ReceivedRequest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the methods of an {@link RpcServer} in a servlet container, at the path that the servlet is mapped to.
 *
 * <p>The container accepts the connections, and authenticates callers if it is told to: its user is the principal of
 * the call. Web pages of other origins are refused, and so are messages over the server's limit, as on Parley's own
 * HTTP server. With {@code asyncSupported} a call occupies no thread of the container; without it, one.
 *
 * <p>The servlet does not close the {@code RpcServer}. Thread-safe.
 */
public class RpcServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger log = LoggerFactory.getLogger(RpcServlet.class);

    private final transient HttpRpcHandler handler;

    /**
     * A servlet.
     *
     * @param handler of {@link RpcServer#handler}, such as {@code server.handler("jsonrpc")}
     * @throws IllegalArgumentException if the handler is another one
     */
    public RpcServlet(RpcHandler handler) {
        this.handler = ReceivedRequest.handler(handler);
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ReceivedRequest received = new ReceivedRequest(
                handler, request.getMethod(), name -> header(request, name), request.getUserPrincipal());
        HttpResponse ready = received.read(request.getInputStream());
        if (ready != null) {
            write(ready, response);
        } else if (request.isAsyncSupported()) {
            handleAsync(received.body(), request, response);
        } else {
            handle(received.body(), request, response);
        }
    }

    /** The values of a header field, which a field that occurs twice does not hide. */
    private static @Nullable String header(HttpServletRequest request, String name) {
        String value = String.join(", ", Collections.list(request.getHeaders(name)));
        return value.isEmpty() ? null : value;
    }

    private void handleAsync(byte[] body, HttpServletRequest request, HttpServletResponse response) {
        AsyncContext context = request.startAsync();
        // The calls have their own limits; one that is not over still has its caller.
        context.setTimeout(0);
        ReceivedExchange exchange = exchange(body, request, result -> {
            try {
                write(result, response);
            } catch (IOException | IllegalStateException e) {
                log.debug("cannot respond to {}: {}", request.getRemoteAddr(), e.toString());
            }
            context.complete();
        });
        context.addListener(new Watch(exchange));
        handler.handle(exchange);
    }

    private void handle(byte[] body, HttpServletRequest request, HttpServletResponse response) throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        HttpResponse[] result = new HttpResponse[1];
        ReceivedExchange exchange = exchange(body, request, given -> {
            result[0] = given;
            done.countDown();
        });
        handler.handle(exchange);
        try {
            done.await();
        } catch (InterruptedException e) {
            exchange.cancel();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a request was handled", e);
        }
        write(result[0], response);
    }

    private static ReceivedExchange exchange(byte[] body, HttpServletRequest request, Consumer<HttpResponse> response) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.putIfAbsent(
                    name.toLowerCase(Locale.ROOT), String.join(", ", Collections.list(request.getHeaders(name))));
        }
        String address = request.getRemoteAddr();
        String host = address.contains(":") ? "[" + address + "]" : address;
        return new ReceivedExchange(
                body, headers, host + ":" + request.getRemotePort(), request.getUserPrincipal(), response);
    }

    private static void write(HttpResponse result, HttpServletResponse response) throws IOException {
        response.setStatus(result.status());
        result.headers().forEach(response::setHeader);
        response.setContentLength(result.body().length);
        response.getOutputStream().write(result.body());
    }

    /** Cancels the calls of a request whose connection is lost. Thread-safe. */
    private record Watch(ReceivedExchange exchange) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {
            exchange.cancel();
        }

        @Override
        public void onError(AsyncEvent event) {
            exchange.cancel();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
