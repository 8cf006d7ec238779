package dev.parley.jsonrpc.client;

import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpRpcProtocol.BatchExchange;
import dev.parley.net.http.rpc.HttpRpcProtocol.BatchItem;
import dev.parley.net.http.rpc.ResponseText;
import dev.parley.spi.ClientCall;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * A batch of JSON-RPC 2.0 over HTTP. The responses come in any order, and none for a notification; a call whose
 * response is missing fails alone. For one thread.
 */
final class HttpBatch implements BatchExchange {
    private static final byte[] EMPTY = {};

    private final ObjectMapper mapper;
    private final ResponseReader reader;
    private final Map<Long, BatchItem> waiting = new LinkedHashMap<>();
    private final List<BatchItem> notifications = new ArrayList<>();
    private final boolean authorized;
    private final byte[] body;

    /** A request of the batch, encoded. */
    static final class Request {
        final @Nullable Long id;
        final boolean authorized;
        final byte[] text;

        Request(@Nullable Long id, boolean authorized, byte[] text) {
            this.id = id;
            this.authorized = authorized;
            this.text = text;
        }
    }

    /**
     * Encodes a batch.
     *
     * @param encode encodes one call
     */
    HttpBatch(List<BatchItem> items, Function<ClientCall, Request> encode, ObjectMapper mapper, ResponseReader reader) {
        this.mapper = mapper;
        this.reader = reader;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean credentials = false;
        for (BatchItem item : items) {
            try {
                Request request = encode.apply(item.call());
                credentials |= request.authorized;
                out.write(out.size() == 0 ? '[' : ',');
                out.writeBytes(request.text);
                if (request.id == null) {
                    notifications.add(item);
                } else {
                    waiting.put(request.id, item);
                }
            } catch (RpcException e) {
                item.listener().onFailure(e);
            }
        }
        if (out.size() > 0) {
            out.write(']');
        }
        this.authorized = credentials;
        this.body = out.size() == 0 ? EMPTY : out.toByteArray();
    }

    @Override
    public boolean isAuthorized() {
        return authorized;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public void results(HttpResponse response) {
        Deque<Envelope> unnamed = new ArrayDeque<>();
        // The body of a response to notifications alone means nothing.
        if (!waiting.isEmpty() && ResponseText.start(response.body()) < response.body().length) {
            for (Envelope each : scan(response)) {
                BatchItem item = take(each);
                if (item != null) {
                    report(item, each);
                } else if (isError(each) && (each.idToken == null || each.idToken == JsonToken.VALUE_NULL)) {
                    unnamed.add(each);
                }
            }
        }
        // An error without an id is for a request that the server could not read, in the order of the requests.
        boolean ofAll = unnamed.size() == waiting.size();
        for (BatchItem item : waiting.values()) {
            Envelope error = ofAll ? unnamed.poll() : unnamed.peek();
            item.listener()
                    .onFailure(
                            error != null
                                    ? reader.error(error)
                                    : new ProtocolException("the response to the batch has none to the call of "
                                            + item.call().qualifiedMethod()));
        }
        notifications.forEach(item -> item.listener().onSent());
    }

    /**
     * The responses in the body.
     *
     * @throws RpcException the error for the whole batch
     */
    private List<Envelope> scan(HttpResponse response) {
        Envelope.Message message;
        try {
            message = Envelope.scan(mapper, response.body(), Integer.MAX_VALUE);
        } catch (Envelope.UnreadableException e) {
            String what = ResponseText.isHtml(response.body())
                    ? "an HTML page that says: " + ResponseText.excerpt(response)
                    : e.getMessage();
            throw new ProtocolException("the response is not a JSON-RPC response: " + what);
        }
        List<Envelope> responses = new ArrayList<>();
        for (Envelope each : message.elements()) {
            if (each != null) {
                responses.add(each);
            }
        }
        if (!message.batch() && responses.size() == 1 && isError(responses.getFirst())) {
            throw reader.error(responses.getFirst());
        }
        return responses;
    }

    private static boolean isError(Envelope response) {
        return response.errorToken != null && response.errorToken != JsonToken.VALUE_NULL;
    }

    /** Removes the call that a response is for; {@code null} if there is none. */
    private @Nullable BatchItem take(Envelope response) {
        if (response.id == null) {
            return null;
        }
        String id = response.id.startsWith("\"") && response.id.length() > 1
                ? response.id.substring(1, response.id.length() - 1)
                : response.id;
        try {
            return waiting.remove(Long.valueOf(id.endsWith(".0") ? id.substring(0, id.length() - 2) : id));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private void report(BatchItem item, Envelope response) {
        try {
            item.listener().onResult(reader.result(response));
        } catch (RpcException e) {
            item.listener().onFailure(e);
        }
    }
}
