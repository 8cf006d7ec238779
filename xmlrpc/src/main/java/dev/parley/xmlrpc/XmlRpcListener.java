package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerCall;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side: one HTTP request is one call. Status 200 even for faults, as every XML-RPC client expects; other statuses are about HTTP alone.
 *
 * <p>Thread-safe.
 */
final class XmlRpcListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(XmlRpcListener.class);

    /** Requests beyond this many bytes are not parsed on the event loop, where others would wait for it. */
    private static final int LARGE = 64 << 10;

    /**
     * An HTTP connection works on one request at a time and reads no further meanwhile, so that those which wait for the dispatcher's bound are as many as the
     * connections at most: there is nothing to pause and nothing to resume.
     */
    static final Runnable NOTHING_TO_RESUME = () -> {};

    private final String scheme;
    private final Address address;
    private final HttpServer server;
    private final Dispatcher dispatcher;
    private final Messages messages;
    private final SystemMethods system;
    private final boolean pythonFaults;

    XmlRpcListener(
            Address address,
            HttpServer.Builder server,
            String path,
            Dispatcher dispatcher,
            XmlRpcMapper mapper,
            boolean pythonFaults) {
        // All but the bound address stands before the first request can come.
        this.scheme = address.scheme();
        this.dispatcher = dispatcher;
        this.messages = new Messages(mapper);
        this.system = new SystemMethods(dispatcher, mapper);
        this.pythonFaults = pythonFaults;
        for (String each : path.isEmpty() ? List.of("/RPC2", "/") : List.of(path)) {
            server.handle(each, this::handle);
        }
        this.server = server.build().start();
        this.address = HttpAddress.bound(address, this.server);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void close() {
        server.close();
    }

    private void handle(HttpExchange exchange) {
        if (exchange.body().length > LARGE) {
            offLoop(exchange, () -> serve(exchange));
        } else {
            serve(exchange);
        }
    }

    /** Runs on a thread of its own what would keep the event loop from other connections. */
    private static void offLoop(HttpExchange exchange, Runnable work) {
        Thread.ofVirtual().name("parley-xmlrpc").start(() -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                log.error("a request of {} failed", exchange.remoteAddress(), e);
                exchange.respond(HttpResponse.text(500, "internal error"));
            }
        });
    }

    private void serve(HttpExchange exchange) {
        Messages.Call call;
        try {
            call = messages.readCall(exchange.body());
        } catch (ProtocolException e) {
            log.info("refused a request of {}: {}", exchange.remoteAddress(), e.getMessage());
            respond(exchange, messages.writeFault(fault(e)));
            return;
        }
        String method = call.method();
        if (method.equals(SystemMethods.MULTICALL) && !dispatcher.has(method)) {
            offLoop(exchange, () -> multicall(call, exchange));
        } else {
            start(new HttpCall(call, exchange));
        }
    }

    /** Runs a call where its method is: one of {@code system.} here, all others in the dispatcher. */
    void start(ServerCall call) {
        Function<ServerCall, Object> own = dispatcher.has(call.method()) ? null : system.find(call.method());
        if (own == null) {
            dispatcher.dispatch(call, NOTHING_TO_RESUME);
            return;
        }
        try {
            call.reply(own.apply(call), Object.class);
        } catch (RpcException e) {
            call.fail(e);
        }
    }

    private void multicall(Messages.Call call, HttpExchange exchange) {
        try {
            Multicall.read(call, exchange, this).run();
        } catch (RpcException e) {
            respond(exchange, messages.writeFault(fault(e)));
        }
    }

    Messages messages() {
        return messages;
    }

    Fault fault(RpcException error) {
        return Fault.of(error, pythonFaults);
    }

    /** How much an answer that is put together here may hold, in bytes. */
    long maxAnswer() {
        return messages.mapper().tokenStreamFactory().streamReadConstraints().getMaxDocumentLength();
    }

    String scheme() {
        return scheme;
    }

    void respond(HttpExchange exchange, byte[] body) {
        exchange.respond(HttpResponse.of(200, "text/xml", body));
    }

    /** A call that is the whole of a request. */
    private final class HttpCall extends XmlRpcServerCall {
        private final Messages.Call call;

        HttpCall(Messages.Call call, HttpExchange exchange) {
            super(call.method(), exchange, XmlRpcListener.this);
            this.call = call;
            exchange.onCancel(this::cancel);
        }

        @Override
        public XmlRpcParser arguments() {
            return call.arguments();
        }

        @Override
        public void reply(@Nullable Object value, Type type) {
            respond(exchange(), messages.writeResult(method(), value, type));
        }

        @Override
        public void fail(RpcException error) {
            respond(exchange(), messages.writeFault(fault(error)));
        }
    }
}
