package dev.parley.net.http.rpc;

import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.spi.MessageCharge;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange of Parley's own HTTP server. Thread-safe. */
record ServerExchange(HttpExchange exchange) implements RpcExchange {
    @Override
    public byte[] body() {
        return exchange.body();
    }

    @Override
    public MessageCharge charge() {
        return exchange.charge();
    }

    @Override
    public @Nullable String header(String name) {
        return exchange.header(name);
    }

    @Override
    public Map<String, String> headers() {
        return exchange.headers().toMap();
    }

    @Override
    public String remoteAddress() {
        return exchange.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        return exchange.principal();
    }

    @Override
    public boolean tryRespond(HttpResponse response) {
        return exchange.tryRespond(response);
    }

    @Override
    public void abandon() {
        exchange.abandon();
    }

    @Override
    public void onCancel(Runnable action) {
        exchange.onCancel(action);
    }

    @Override
    public void called(String method, @Nullable Integer code) {
        exchange.called(method, code);
    }
}
