package dev.parley.xmlrpc;

import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpRpcHandler;
import dev.parley.net.http.rpc.RetryAfter;
import dev.parley.net.http.rpc.RpcExchange;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServerCall;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side: one HTTP request is one call. Status 200 even for faults, as every XML-RPC client expects; other
 * statuses are about HTTP alone. Thread-safe.
 */
final class XmlRpcHandler {
    private static final Logger log = LoggerFactory.getLogger(XmlRpcHandler.class);

    private final String scheme;
    private final Dispatcher dispatcher;
    private final Messages messages;
    private final SystemMethods system;
    private final boolean pythonFaults;
    private final int maxBatch;

    /**
     * A handler.
     *
     * @param scheme the wire, for {@link dev.parley.RpcContext#wire}
     * @param introspection whether the {@code system} methods that describe the service are there
     * @param maxBatch the largest number of calls of a multicall; 0 for no multicall
     */
    XmlRpcHandler(
            String scheme,
            Dispatcher dispatcher,
            XmlRpcMapper mapper,
            boolean pythonFaults,
            boolean introspection,
            int maxBatch) {
        this.scheme = scheme;
        this.dispatcher = dispatcher;
        this.messages = new Messages(mapper);
        this.system = new SystemMethods(dispatcher, mapper, introspection, maxBatch > 0);
        this.pythonFaults = pythonFaults;
        this.maxBatch = maxBatch;
    }

    void handle(RpcExchange exchange) {
        Messages.Call call;
        try {
            call = messages.readCall(exchange.body(), exchange.header("Content-Type"));
        } catch (ProtocolException e) {
            log.debug("refused a request of {}: {}", exchange.remoteAddress(), e.getMessage());
            respondFault(exchange, "-", e);
            return;
        }
        String method = call.method();
        if (method.equals(SystemMethods.MULTICALL) && maxBatch > 0 && !dispatcher.has(method)) {
            HttpRpcHandler.offLoop(exchange, each -> multicall(call, each));
        } else {
            start(new HttpCall(call, exchange));
        }
    }

    /** Runs a call where its method is: one of {@code system.} here, all others in the dispatcher. */
    void start(ServerCall call) {
        Function<ServerCall, Object> own = dispatcher.has(call.method()) ? null : system.find(call.method());
        if (own == null) {
            // An HTTP connection works on one request at a time, and a request on one call: there is nothing to resume.
            dispatcher.source(() -> {}).dispatch(call);
            return;
        }
        try {
            call.reply(own.apply(call), Object.class);
        } catch (RpcException e) {
            call.fail(e);
        }
    }

    private void multicall(Messages.Call call, RpcExchange exchange) {
        try {
            Multicall.read(call, exchange, this).run();
        } catch (RpcException e) {
            respondFault(exchange, SystemMethods.MULTICALL, e);
        }
    }

    /** Responds to a request of which no call has been started. */
    private void respondFault(RpcExchange exchange, String method, RpcException error) {
        Fault fault = fault(error);
        exchange.called(method, fault.code());
        respond(exchange, messages.writeFault(fault));
    }

    Messages messages() {
        return messages;
    }

    Fault fault(RpcException error) {
        return Fault.of(error, pythonFaults);
    }

    /** The largest number of calls of a multicall. */
    int maxBatch() {
        return maxBatch;
    }

    /** The largest response to a multicall, in bytes. */
    long maxResponse() {
        return messages.mapper().tokenStreamFactory().streamReadConstraints().getMaxDocumentLength();
    }

    String scheme() {
        return scheme;
    }

    void respond(RpcExchange exchange, byte[] body) {
        exchange.respond(response(body));
    }

    private static HttpResponse response(byte[] body) {
        return HttpResponse.of(200, "text/xml", body);
    }

    /** A call that is the whole of a request. */
    private final class HttpCall extends XmlRpcServerCall {
        private final Messages.Call call;

        HttpCall(Messages.Call call, RpcExchange exchange) {
            super(call.method(), exchange, XmlRpcHandler.this);
            this.call = call;
            exchange.onCancel(this::cancel);
        }

        @Override
        public long messageBytes() {
            return exchange().body().length;
        }

        @Override
        public XmlRpcParser arguments() {
            return call.arguments();
        }

        @Override
        public void reply(@Nullable Object value, Type type) {
            byte[] response = messages.writeResult(method(), value, type);
            ended(null);
            respond(exchange(), response);
        }

        @Override
        public void fail(RpcException error) {
            Fault fault = fault(error);
            ended(fault);
            HttpResponse response = response(messages.writeFault(fault));
            exchange().respond(error instanceof OverloadedException ? RetryAfter.add(response) : response);
        }
    }
}
