package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.ClientRequest;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.http.HttpCallOptions;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.PrintableText;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * The client side of every protocol over HTTP: one request and one response per call, on the thread that runs the
 * exchange. Thread-safe.
 */
public final class HttpRpcTransport implements ClientTransport {
    private static final Logger log = LoggerFactory.getLogger(HttpRpcTransport.class);

    /** The largest part of a body in the log, in characters. */
    private static final int MAX_LOGGED = 10_000;

    private final HttpClient client;
    private final HttpRpcProtocol protocol;
    private final Refusal refusal;
    private final ResponseErrors errors;
    /** Whether the peer has refused a batch as a message that it does not know. */
    private volatile boolean peerHasNoBatches;

    /**
     * A transport.
     *
     * @param address for error messages
     * @param client closed with this transport
     */
    public HttpRpcTransport(Address address, HttpClient client, HttpRpcProtocol protocol) {
        this.client = client;
        this.protocol = protocol;
        this.refusal = new Refusal(address, client.url(), protocol.name(), protocol.messageStarts());
        this.errors = new ResponseErrors(client.url());
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return protocol.argumentStyle();
    }

    @Override
    public ObjectMapper mapper() {
        return protocol.mapper();
    }

    @Override
    public boolean blocks() {
        return true;
    }

    @Override
    public boolean hasOneWay() {
        return protocol.hasOneWay();
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        return new Started(call, protocol.encode(call), listener);
    }

    @Override
    public Set<CallOption<?>> callOptions() {
        return Set.of(HttpCallOptions.HEADERS);
    }

    @Override
    public boolean batches() {
        return protocol.batches();
    }

    @Override
    public StartedCall startBatch(List<ClientCall> calls, List<ResponseListener> listeners) {
        ResponseErrors.Response response = errors.response();
        List<HttpRpcProtocol.BatchItem> items = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            items.add(new HttpRpcProtocol.BatchItem(calls.get(i), response.listener(listeners.get(i))));
        }
        return new StartedBatch(items, response);
    }

    /** Several calls in one message, or one by one if the peer does not know such messages. */
    private final class StartedBatch implements StartedCall {
        private final List<HttpRpcProtocol.BatchItem> items;
        private final ResponseErrors.Response received;

        StartedBatch(List<HttpRpcProtocol.BatchItem> items, ResponseErrors.Response received) {
            this.items = items;
            this.received = received;
        }

        @Override
        public void run() {
            if (peerHasNoBatches || items.size() == 1) {
                oneByOne();
                return;
            }
            HttpRpcProtocol.BatchExchange exchange = protocol.encodeBatch(items);
            if (exchange.body().length == 0) {
                return;
            }
            HttpResponse response = post(items.getFirst().call(), exchange.body(), exchange.isAuthorized());
            received.set(response);
            try {
                if (response.status() / 100 != 2) {
                    RpcException error = protocol.error(response);
                    throw error == null ? refusal.of(response) : error;
                }
                exchange.results(response);
            } catch (RpcException e) {
                if (!protocol.isWithoutBatches(e, response)) {
                    throw errors.with(response, e);
                }
                log.debug("{} has no batches: {}", client.url(), e.getMessage());
                peerHasNoBatches = true;
                received.set(null);
                oneByOne();
            }
        }

        /** None of the calls has been sent. */
        private void oneByOne() {
            for (HttpRpcProtocol.BatchItem item : items) {
                try {
                    start(item.call(), item.listener()).run();
                } catch (RpcException e) {
                    item.listener().onFailure(e);
                }
            }
        }

        /** The engine interrupts the thread that runs it. */
        @Override
        public void cancel() {}
    }

    private HttpResponse post(ClientCall call, byte[] body, boolean authorized) {
        long left = call.remainingNanos();
        if (left <= 0) {
            throw call.timedOut();
        }
        Duration timeout = Duration.ofNanos(left);
        Headers headers = headers(call.options().get(HttpCallOptions.HEADERS));
        if (!log.isTraceEnabled()) {
            return send(headers, body, authorized, timeout);
        }
        log.trace("{} > {} {}", client.url(), headers, logged(body));
        HttpResponse response = send(headers, body, authorized, timeout);
        log.trace("{} < HTTP {} {} {}", client.url(), response.status(), response.headers(), logged(response.body()));
        return response;
    }

    private HttpResponse send(Headers headers, byte[] body, boolean authorized, Duration timeout) {
        return authorized
                ? client.post(headers, body, timeout)
                : client.postWithoutAuthorization(headers, body, timeout);
    }

    private static String logged(byte[] body) {
        int length = Math.min(body.length, 4 * MAX_LOGGED);
        return PrintableText.line(new String(body, 0, length, StandardCharsets.UTF_8), MAX_LOGGED);
    }

    private static Headers headers(@Nullable Map<String, String> fields) {
        Headers headers = Headers.empty();
        if (fields != null) {
            for (Map.Entry<String, String> field : fields.entrySet()) {
                headers = headers.with(field.getKey(), field.getValue());
            }
        }
        return headers;
    }

    private final class Started implements StartedCall {
        private final ClientCall call;
        private final HttpRpcProtocol.Exchange exchange;
        private final ResponseListener listener;

        Started(ClientCall call, HttpRpcProtocol.Exchange exchange, ResponseListener listener) {
            this.call = call;
            this.exchange = exchange;
            this.listener = listener;
        }

        @Override
        public void run() {
            boolean oneWay = call.kind() == ClientRequest.Kind.CAST && protocol.hasOneWay();
            HttpResponse response = null;
            try {
                response = post(call, exchange.body(), exchange.isAuthorized());
                // The body of a response to a notification means nothing, whatever a server puts into it.
                if (response.status() / 100 != 2) {
                    RpcException error = protocol.error(response);
                    throw error == null ? refusal.of(response) : error;
                } else if (oneWay) {
                    listener.onSent();
                } else {
                    refusal.check(response, call.qualifiedMethod());
                    listener.onResult(errors.with(response, exchange.result(response)));
                }
            } catch (RpcException e) {
                listener.onFailure(response == null ? e : errors.with(response, e));
            }
        }

        /** The engine interrupts the thread that runs it. */
        @Override
        public void cancel() {}
    }

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        return protocol.describe(caller);
    }

    @Override
    public void close() {
        client.close();
    }
}
