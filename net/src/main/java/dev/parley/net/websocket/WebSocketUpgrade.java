package dev.parley.net.websocket;

import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.UpgradeHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server side of the opening handshake. What concerns every request, such as the path, credentials and origin, the
 * HTTP server has checked before. Immutable and thread-safe.
 */
public final class WebSocketUpgrade implements UpgradeHandler {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final WebSocketOptions options;
    private final Supplier<WebSocketEvents> connections;

    /**
     * Accepts connections.
     *
     * @param connections is asked for the receiver of each connection
     */
    public WebSocketUpgrade(WebSocketOptions options, Supplier<WebSocketEvents> connections) {
        this.options = Objects.requireNonNull(options, "options");
        this.connections = Objects.requireNonNull(connections, "connections");
    }

    @Override
    public String protocol() {
        return "websocket";
    }

    @Override
    public Decision decide(HttpExchange request) {
        Headers headers = request.headers();
        List<String> versions = headers.all("Sec-WebSocket-Version");
        if (versions.size() != 1 || !versions.getFirst().strip().equals("13")) {
            return Decision.refuse(
                    HttpResponse.text(426, "unsupported version of WebSocket in Sec-WebSocket-Version; supported is 13")
                            .with("Upgrade", "websocket")
                            .with("Sec-WebSocket-Version", "13"));
        }
        List<String> keys = headers.all("Sec-WebSocket-Key");
        if (keys.size() != 1 || !isKey(keys.getFirst().strip())) {
            return Decision.refuse(HttpResponse.text(
                    400, "an upgrade to WebSocket needs one Sec-WebSocket-Key, of 16 bytes in Base64"));
        }
        String extensions =
                options.compresses() ? Deflate.answer(String.join(",", headers.all("Sec-WebSocket-Extensions"))) : null;
        String subprotocol = subprotocol(headers);
        Headers answer = Headers.of(
                "Upgrade",
                "websocket",
                "Connection",
                "Upgrade",
                "Sec-WebSocket-Accept",
                accept(keys.getFirst().strip()));
        if (extensions != null) {
            answer = answer.with("Sec-WebSocket-Extensions", extensions);
        }
        if (subprotocol != null) {
            answer = answer.with("Sec-WebSocket-Protocol", subprotocol);
        }
        WebSocket.Peer peer = new WebSocket.Peer(request.remoteAddress(), headers, request.principal(), subprotocol);
        WebSocketEvents events = connections.get();
        return Decision.accept(
                answer,
                pipeline -> WebSocketHandler.install(pipeline, options, true, extensions != null, events, peer));
    }

    /** The client's first sub-protocol that the server knows too. */
    private @Nullable String subprotocol(Headers headers) {
        for (String line : headers.all("Sec-WebSocket-Protocol")) {
            for (String offered : line.split(",")) {
                if (options.subprotocols().contains(offered.strip())) {
                    return offered.strip();
                }
            }
        }
        return null;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What proves that the server has read the key. */
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }
}
