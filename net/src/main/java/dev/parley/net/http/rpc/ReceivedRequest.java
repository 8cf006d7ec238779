package dev.parley.net.http.rpc;

import dev.parley.OverloadedException;
import dev.parley.RpcHandler;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.Decoding;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.io.IOException;
import java.io.InputStream;
import java.security.Principal;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request that another HTTP server has received, by the rules of Parley's own: methods, web pages of other origins,
 * content coding and size. Confined to the thread that reads the request.
 */
public final class ReceivedRequest {
    private final HttpRpcHandler handler;
    private final String method;
    private final UnaryOperator<@Nullable String> headers;
    private final @Nullable Principal caller;
    private byte[] body = {};

    /**
     * A request.
     *
     * @param headers finds a header field by its name
     * @param caller who has sent it; {@code null} if that is unknown
     */
    public ReceivedRequest(
            HttpRpcHandler handler,
            String method,
            UnaryOperator<@Nullable String> headers,
            @Nullable Principal caller) {
        this.caller = caller;
        this.handler = handler;
        this.method = method;
        this.headers = headers;
    }

    /**
     * The handler behind the API.
     *
     * @throws IllegalArgumentException if it is none of a protocol over HTTP
     */
    public static HttpRpcHandler handler(RpcHandler handler) {
        if (handler instanceof HttpRpcHandler http) {
            return http;
        }
        throw new IllegalArgumentException("the handler is none of RpcServer.handler for a protocol over HTTP");
    }

    /**
     * Reads the request.
     *
     * @param in its body
     * @return the response, if it has one already: a refusal, or the documentation page; {@code null} if
     *     {@link #body} is a message to be handled
     * @throws IOException if reading fails
     */
    public @Nullable HttpResponse read(InputStream in) throws IOException {
        String origin = headers.apply("origin");
        List<String> origins = origin == null ? List.of() : List.of(origin);
        // Who can reach the server is not known here, so its names are not checked.
        HttpResponse refusal = handler.browsers().refusal(false, origins, headers.apply("host"), null);
        if (refusal != null) {
            return refusal;
        }
        if (!method.equals("POST")) {
            return handler.hasPage() && (method.equals("GET") || method.equals("HEAD"))
                    ? handler.page(caller)
                    : HttpResponse.text(405, "method " + method + " is not allowed here")
                            .with("Allow", handler.hasPage() ? "GET, HEAD, POST" : "POST");
        }
        String coding = headers.apply("content-encoding");
        boolean identity = ContentCoding.isIdentity(coding);
        if (!identity && (coding == null || !ContentCoding.isKnown(coding))) {
            return HttpResponse.text(415, "unsupported Content-Encoding; supported are gzip and deflate")
                    .with("Accept-Encoding", "gzip, deflate");
        }
        int limit = handler.maxBody();
        byte[] received = in.readNBytes(limit == Integer.MAX_VALUE ? limit : limit + 1);
        if (received.length > limit) {
            return tooLarge(limit);
        }
        if (identity || coding == null) {
            body = received;
            return null;
        }
        try (MessageCharge charge = MessageCharge.of(MemoryBudget.process());
                Decoding decoding = Decoding.of(charge)) {
            body = ContentCoding.decode(coding, received, limit, decoding);
            return null;
        } catch (ContentCoding.TooLargeException e) {
            return tooLarge(limit);
        } catch (OverloadedException e) {
            return HttpResponse.text(503, MessageCharge.REFUSAL).with("Retry-After", "1");
        } catch (IOException e) {
            return HttpResponse.text(400, "the body is not valid " + coding + ": " + e.getMessage());
        }
    }

    private static HttpResponse tooLarge(int limit) {
        return HttpResponse.text(413, "the request body exceeds the limit of " + limit + " bytes");
    }

    /** The message, decoded. */
    public byte[] body() {
        return body;
    }
}
