package dev.parley.http;

import dev.parley.RpcHandler;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpRpcHandler;
import dev.parley.net.http.rpc.ReceivedExchange;
import dev.parley.net.http.rpc.ReceivedRequest;
import dev.parley.security.User;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Responds to the one request of a CGI program (RFC 3875), which a web server runs for each request: its variables and
 * standard input in, the response to standard output. Stateless and thread-safe.
 */
public final class CgiResponder {
    private CgiResponder() {}

    /**
     * Reads the request, handles it and writes the response. Blocks until that is done.
     *
     * @param handler of {@link dev.parley.RpcServer#handler}
     * @param variables the variables of CGI, such as {@link System#getenv()}
     * @param in the body of the request, of which {@code CONTENT_LENGTH} bytes are read
     * @param out takes the response; it is flushed, not closed
     * @throws IOException if reading or writing fails
     * @throws InterruptedException if the thread is interrupted; the calls of the request are cancelled then
     */
    public static void respond(RpcHandler handler, Map<String, String> variables, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        HttpRpcHandler http = ReceivedRequest.handler(handler);
        Map<String, String> headers = headers(variables);
        String method = variables.getOrDefault("REQUEST_METHOD", "");
        HttpResponse response = length(method, variables);
        if (response == null) {
            response = handle(http, method, headers, variables, in);
        }
        write(response, method.equals("HEAD"), out);
    }

    /** The refusal of a request whose length is unknown or malformed. */
    private static @Nullable HttpResponse length(String method, Map<String, String> variables) {
        if (method.isEmpty()) {
            return HttpResponse.text(400, "REQUEST_METHOD is not set: this program is run by a web server, by CGI");
        }
        String length = variables.getOrDefault("CONTENT_LENGTH", "");
        if (length.isEmpty()) {
            return method.equals("POST") ? HttpResponse.text(411, "a POST request needs Content-Length") : null;
        }
        return length.matches("[0-9]{1,18}") ? null : HttpResponse.text(400, "CONTENT_LENGTH is not a number");
    }

    private static HttpResponse handle(
            HttpRpcHandler handler,
            String method,
            Map<String, String> headers,
            Map<String, String> variables,
            InputStream in)
            throws IOException, InterruptedException {
        String length = variables.getOrDefault("CONTENT_LENGTH", "");
        long expected = length.isEmpty() ? 0 : Long.parseLong(length);
        String user = variables.getOrDefault("REMOTE_USER", "");
        Principal caller = user.isEmpty() ? null : new User(user);
        ReceivedRequest received = new ReceivedRequest(handler, method, headers::get, caller);
        byte[] sent = in.readNBytes((int) Math.min(expected, handler.maxBody() + 1L));
        HttpResponse ready = received.read(new ByteArrayInputStream(sent));
        if (ready != null) {
            return ready;
        }
        if (sent.length < expected) {
            return HttpResponse.text(400, "the body has " + sent.length + " of " + expected + " bytes");
        }
        CompletableFuture<HttpResponse> response = new CompletableFuture<>();
        ReceivedExchange exchange = new ReceivedExchange(
                received.body(), headers, variables.get("REMOTE_ADDR"), caller, response::complete);
        handler.handle(exchange);
        try {
            return response.get();
        } catch (InterruptedException e) {
            exchange.cancel();
            throw e;
        } catch (ExecutionException e) {
            throw new AssertionError("a response is never an exception", e);
        }
    }

    /** The header fields of the request, which CGI passes as variables. */
    private static Map<String, String> headers(Map<String, String> variables) {
        Map<String, String> headers = new LinkedHashMap<>();
        variables.forEach((name, value) -> {
            String field = name.startsWith("HTTP_") ? name.substring(5) : name;
            if (name.startsWith("HTTP_") || name.equals("CONTENT_TYPE")) {
                headers.put(field.toLowerCase(Locale.ROOT).replace('_', '-'), value);
            }
        });
        return headers;
    }

    private static void write(HttpResponse response, boolean headOnly, OutputStream out) throws IOException {
        StringBuilder head =
                new StringBuilder("Status: ").append(response.status()).append("\r\n");
        response.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(response.body().length).append("\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!headOnly) {
            out.write(response.body());
        }
        out.flush();
    }
}
