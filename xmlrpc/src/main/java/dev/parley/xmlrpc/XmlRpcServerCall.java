package dev.parley.xmlrpc;

import dev.parley.net.http.rpc.RpcExchange;
import dev.parley.spi.ServerCall;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** What a call by itself and one inside a multicall share: all that the HTTP request tells. */
abstract class XmlRpcServerCall extends ServerCall {
    private final String method;
    private final RpcExchange exchange;
    private final XmlRpcHandler listener;

    XmlRpcServerCall(String method, RpcExchange exchange, XmlRpcHandler listener) {
        this.method = method;
        this.exchange = exchange;
        this.listener = listener;
    }

    RpcExchange exchange() {
        return exchange;
    }

    /** Notes for the access log how the call ends; {@code null} for success. */
    void ended(@Nullable Fault fault) {
        exchange.called(method, fault == null ? null : fault.code());
    }

    @Override
    public void abandon(Throwable error) {
        exchange.abandon();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public ObjectMapper mapper() {
        return listener.messages().mapper();
    }

    @Override
    public String wire() {
        return listener.scheme();
    }

    @Override
    public @Nullable String remoteAddress() {
        return exchange.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        return exchange.principal();
    }

    @Override
    public Map<String, String> metadata() {
        return exchange.headers();
    }
}
