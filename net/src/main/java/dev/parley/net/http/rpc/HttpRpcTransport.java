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
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
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

    private final HttpClient client;
    private final HttpRpcProtocol protocol;
    private final Refusal refusal;
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
        List<HttpRpcProtocol.BatchItem> items = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            items.add(new HttpRpcProtocol.BatchItem(calls.get(i), listeners.get(i)));
        }
        return new StartedBatch(items);
    }

    /** Several calls in one message, or one by one if the peer does not know such messages. */
    private final class StartedBatch implements StartedCall {
        private final List<HttpRpcProtocol.BatchItem> items;

        StartedBatch(List<HttpRpcProtocol.BatchItem> items) {
            this.items = items;
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
            try {
                if (response.status() / 100 != 2) {
                    RpcException error = protocol.error(response);
                    throw error == null ? refusal.of(response) : error;
                }
                exchange.results(response);
            } catch (RpcException e) {
                if (!protocol.isWithoutBatches(e, response)) {
                    throw e;
                }
                log.debug("{} has no batches: {}", client.url(), e.getMessage());
                peerHasNoBatches = true;
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
        return authorized
                ? client.post(headers, body, timeout)
                : client.postWithoutAuthorization(headers, body, timeout);
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
            try {
                HttpResponse response = post(call, exchange.body(), exchange.isAuthorized());
                // The body of a response to a notification means nothing, whatever a server puts into it.
                if (response.status() / 100 != 2) {
                    RpcException error = protocol.error(response);
                    throw error == null ? refusal.of(response) : error;
                } else if (oneWay) {
                    listener.onSent();
                } else {
                    refusal.check(response, call.qualifiedMethod());
                    listener.onResult(exchange.result(response));
                }
            } catch (RpcException e) {
                listener.onFailure(e);
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
