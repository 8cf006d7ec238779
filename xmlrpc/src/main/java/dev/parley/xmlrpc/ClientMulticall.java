package dev.parley.xmlrpc;

import dev.parley.Args;
import dev.parley.ClientRequest;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpRpcProtocol.BatchExchange;
import dev.parley.net.http.rpc.HttpRpcProtocol.BatchItem;
import dev.parley.spi.ClientCall;
import dev.parley.xmlrpc.format.XmlRpcParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.util.TokenBuffer;

/** A batch as one call of {@code system.multicall}: the results come in the order of the calls. For one thread. */
final class ClientMulticall implements BatchExchange {
    private static final Pattern UNKNOWN = Pattern.compile(
            "(?is).*multicall.*(unknown|not (supported|found|exist|defined|implemented|available)|missing|no such).*"
                    + "|.*(unknown|no such|not find|missing).*multicall.*");

    private final Messages messages;
    private final Function<Messages.Response, Fault> faults;
    private final List<BatchItem> sent = new ArrayList<>();
    private final byte[] body;

    /**
     * Encodes a batch.
     *
     * @param faults reads the fault in a response
     */
    ClientMulticall(List<BatchItem> items, Messages messages, Function<Messages.Response, Fault> faults) {
        this.messages = messages;
        this.faults = faults;
        List<byte[]> calls = new ArrayList<>();
        for (BatchItem item : items) {
            try {
                ClientCall call = item.call();
                if (!(call.args() instanceof Args.Positional arguments)) {
                    throw new InvalidArgumentsException("XML-RPC carries arguments by position only");
                }
                calls.add(messages.writeCallItem(call.qualifiedMethod(), arguments.values()));
                sent.add(item);
            } catch (RpcException e) {
                item.listener().onFailure(e);
            }
        }
        this.body = calls.isEmpty() ? new byte[0] : Messages.writeCallItems(calls);
    }

    /** Whether the server does not know {@code system.multicall}, so that it has run nothing. */
    static boolean isUnknown(RpcException error, HttpResponse response) {
        return error instanceof MethodNotFoundException
                || error instanceof RemoteException remote
                        && UNKNOWN.matcher(remote.remoteMessage()).matches()
                // So does Node's xmlrpc, which has no faults for unknown methods.
                || error instanceof ProtocolException && (response.status() == 404 || response.status() == 501);
    }

    @Override
    public boolean isAuthorized() {
        return true;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public void results(HttpResponse response) {
        Messages.Response message =
                messages.readResponse(response.body(), response.headers().first("Content-Type"), false);
        if (message.fault()) {
            throw faults.apply(message).toException();
        }
        List<Item> items = new ArrayList<>();
        try (XmlRpcParser parser = message.value()) {
            if (parser == null || parser.nextToken() != JsonToken.START_ARRAY) {
                throw new ProtocolException("the result of system.multicall is not an array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(item(parser));
            }
            parser.nextToken(); // checks the end of the document
        } catch (JacksonException e) {
            throw Messages.malformed("the response is not an XML-RPC response", e);
        }
        if (items.size() != sent.size()) {
            throw new ProtocolException("system.multicall of " + sent.size() + " calls has " + items.size()
                    + " results, so that it is unknown which is whose");
        }
        // Supervisor gives each result as it is, not in an array of one.
        boolean wrapped = items.stream().allMatch(item -> item.fault() != null || item.length() == 1);
        for (int i = 0; i < items.size(); i++) {
            report(sent.get(i), items.get(i), wrapped);
        }
    }

    /**
     * One result.
     *
     * @param value what was sent
     * @param length its number of elements if it is an array; else -1
     * @param fault its fault; {@code null} if it is none
     */
    private record Item(
            TokenBuffer value, int length, @Nullable Fault fault) {}

    private Item item(XmlRpcParser parser) {
        boolean array = parser.currentToken() == JsonToken.START_ARRAY;
        boolean struct = parser.currentToken() == JsonToken.START_OBJECT;
        TokenBuffer value = TokenBuffer.forBuffering(parser, parser.objectReadContext());
        value.copyCurrentStructure(parser);
        return new Item(value, array ? length(value) : -1, struct ? fault(value) : null);
    }

    private static int length(TokenBuffer array) {
        int length = 0;
        try (JsonParser parser = array.asParser()) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                parser.skipChildren();
                length++;
            }
        }
        return length;
    }

    private @Nullable Fault fault(TokenBuffer struct) {
        ObjectReader reader = messages.mapper().readerFor(Object.class);
        try (JsonParser parser = struct.asParser()) {
            Object value = reader.readValue(parser);
            return value instanceof Map<?, ?> members
                            && members.containsKey("faultCode")
                            && members.containsKey("faultString")
                    ? Fault.of(value)
                    : null;
        }
    }

    private static void report(BatchItem item, Item result, boolean wrapped) {
        if (result.fault() != null) {
            item.listener().onFailure(result.fault().toException());
        } else if (item.call().kind() == ClientRequest.Kind.CAST) {
            item.listener().onSent();
        } else {
            item.listener().onResult((readers, call) -> {
                try (JsonParser parser = result.value().asParser()) {
                    parser.nextToken();
                    if (wrapped) {
                        parser.nextToken();
                    }
                    return readers.read(parser, call);
                }
            });
        }
    }
}
