package dev.parley.jsonrpc;

import dev.parley.Address;
import dev.parley.RpcHandler;
import dev.parley.Target;
import dev.parley.jsonrpc.client.JsonRpcHttp;
import dev.parley.jsonrpc.client.SessionTransport;
import dev.parley.jsonrpc.server.HttpListener;
import dev.parley.jsonrpc.server.StdioListener;
import dev.parley.jsonrpc.server.StreamListener;
import dev.parley.jsonrpc.server.WebSocketListener;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wire;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC 2.0 and 1.0. A server takes both on the same address and responds to each in its own shape; a client speaks
 * 2.0 unless its address says
 * {@code version=1.0}. Thread-safe.
 */
public final class JsonRpcWire implements Wire {
    private static final String DEFAULT_PATH = "/";
    private static final String STDIO = "jsonrpc+stdio";
    private static final String WS = "jsonrpc+ws";
    private static final String WSS = "jsonrpc+wss";

    /** Made by {@link java.util.ServiceLoader}. */
    public JsonRpcWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of(
                "jsonrpc+http",
                "jsonrpc+https",
                "jsonrpc+unix",
                WS,
                WSS,
                StreamAddress.TCP,
                StreamAddress.TLS,
                StreamAddress.IPC,
                STDIO);
    }

    @Override
    public Set<String> shortForms() {
        return Set.of("http(s)://…/jsonrpc", "http(s)://…/api_jsonrpc.php", "ws(s)://…");
    }

    @Override
    public @Nullable String expand(Address shortForm) {
        if (shortForm.scheme().equals("ws") || shortForm.scheme().equals("wss")) {
            return "jsonrpc+" + shortForm.scheme();
        }
        if (!shortForm.scheme().equals("http") && !shortForm.scheme().equals("https")) {
            return null;
        }
        String path = shortForm.path().toLowerCase(Locale.ROOT);
        return path.contains("jsonrpc") || path.contains("json-rpc") || path.contains("api_json")
                ? "jsonrpc+" + shortForm.scheme()
                : null;
    }

    @Override
    public boolean bidirectional(String scheme) {
        return Set.of(WS, WSS, StreamAddress.TCP, StreamAddress.TLS, StreamAddress.IPC, STDIO)
                .contains(scheme);
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        return switch (address.scheme()) {
            case StreamAddress.TCP, StreamAddress.TLS, StreamAddress.IPC -> StreamListener.start(address, context);
            case STDIO -> StdioListener.start(address, context);
            case WS, WSS -> WebSocketListener.start(address, DEFAULT_PATH, context);
            default -> HttpListener.start(address, DEFAULT_PATH, context);
        };
    }

    @Override
    public RpcHandler handler(Address address, ServerContext context) {
        return HttpListener.handler(address, context);
    }

    @Override
    public ClientTransport connect(Address address, ClientContext context) {
        return switch (address.scheme()) {
            case StreamAddress.TCP, StreamAddress.TLS, StreamAddress.IPC -> SessionTransport.socket(address, context);
            case STDIO -> SessionTransport.child(address, context);
            case WS, WSS -> SessionTransport.webSocket(address, DEFAULT_PATH, context);
            default -> JsonRpcHttp.transport(address, DEFAULT_PATH, context);
        };
    }
}
