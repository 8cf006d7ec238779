package dev.parley.xmlrpc;

import dev.parley.InvalidArgumentsException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.net.http.rpc.RpcExchange;
import dev.parley.spi.Decoding;
import dev.parley.spi.MeteredParser;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.util.TokenBuffer;

/**
 * One {@code system.multicall}: its calls run one after the other, in their order. The response to each is an array of
 * its result, or a fault, so that a call which fails or is malformed does not affect the others.
 *
 * <p>The calls may complete on any thread; one of them at a time goes on to the next call. {@link #cancel} may run on
 * any thread.
 */
final class Multicall {
    /**
     * One call of it.
     *
     * @param method its method; {@code null} if it is malformed
     * @param arguments its arguments
     * @param problem why it is malformed; {@code null} if it is not
     */
    private record Item(
            @Nullable String method,
            @Nullable TokenBuffer arguments,
            @Nullable String problem) {}

    private final List<Item> items;
    private final RpcExchange exchange;
    private final XmlRpcHandler listener;
    private final List<byte[]> responses = new ArrayList<>();
    private long size;
    private volatile boolean cancelled;
    private volatile @Nullable ItemCall running;

    /**
     * Counts responses that arrived while {@link #run} was running, so that a long chain of quick calls does not become
     * a deep stack.
     */
    private final AtomicInteger turns = new AtomicInteger();

    private Multicall(List<Item> items, RpcExchange exchange, XmlRpcHandler listener) {
        this.items = items;
        this.exchange = exchange;
        this.listener = listener;
    }

    /**
     * Reads the calls.
     *
     * @throws RpcException if the argument is not one array
     */
    static Multicall read(Messages.Call call, RpcExchange exchange, XmlRpcHandler listener) {
        List<Item> items = new ArrayList<>();
        try (Decoding step = Decoding.of(exchange.charge()).reads(exchange.body().length);
                JsonParser parser = new MeteredParser(call.arguments(), step, step::check)) {
            parser.nextToken();
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw wrongArguments();
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (items.size() == listener.maxBatch()) {
                    throw new InvalidArgumentsException(
                            SystemMethods.MULTICALL + " takes at most " + listener.maxBatch() + " calls");
                }
                items.add(item(parser));
            }
            if (parser.nextToken() != JsonToken.END_ARRAY) {
                throw wrongArguments();
            }
        } catch (JacksonException e) {
            throw Messages.malformed("the request is not an XML-RPC call", e);
        }
        Multicall multicall = new Multicall(items, exchange, listener);
        exchange.onCancel(multicall::cancel);
        return multicall;
    }

    private static InvalidArgumentsException wrongArguments() {
        return new InvalidArgumentsException(
                SystemMethods.MULTICALL + " takes one array of structs of methodName and params");
    }

    private static Item item(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return new Item(null, null, "a call must be a struct of methodName and params");
        }
        String method = null;
        TokenBuffer arguments = null;
        String problem = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if ("methodName".equals(name) && token == JsonToken.VALUE_STRING) {
                method = parser.getString();
            } else if ("params".equals(name) && token == JsonToken.START_ARRAY) {
                arguments = TokenBuffer.forBuffering(parser, parser.objectReadContext());
                arguments.copyCurrentStructure(parser);
            } else {
                parser.skipChildren();
                if ("methodName".equals(name) || "params".equals(name)) {
                    problem = "a call's methodName must be a string, its params an array";
                }
            }
        }
        if (problem == null && (method == null || arguments == null)) {
            problem = "a call needs " + (method == null ? "methodName" : "params");
        }
        if (problem == null && SystemMethods.MULTICALL.equals(method)) {
            problem = SystemMethods.MULTICALL + " cannot be called by a multicall";
        }
        return new Item(method, arguments, problem);
    }

    private void cancel() {
        cancelled = true;
        ItemCall current = running;
        if (current != null) {
            current.cancel();
        }
    }

    /** Starts the next call, if there is one and the last one has completed. */
    void run() {
        if (turns.getAndIncrement() != 0) {
            return;
        }
        try {
            do {
                step();
            } while (turns.decrementAndGet() != 0);
        } catch (RuntimeException | Error e) {
            // The turns stay taken: nothing follows.
            exchange.abandon();
            throw e;
        }
    }

    private void step() {
        if (responses.size() == items.size()) {
            listener.respond(exchange, Messages.writeItems(responses));
            return;
        }
        if (size > listener.maxResponse()) {
            // Many small calls in one request, each with a large result, would fill the memory.
            RpcException error = new SerializationException(
                    "the results of " + responses.size() + " of the " + items.size() + " calls exceed the limit of "
                            + listener.maxResponse() + " bytes; the others were not run");
            listener.respond(exchange, listener.messages().writeFault(listener.fault(error)));
            return;
        }
        Item item = items.get(responses.size());
        String method = item.method();
        if (item.problem() != null || method == null) {
            failed(method, new InvalidArgumentsException(String.valueOf(item.problem())));
            return;
        }
        ItemCall call = new ItemCall(method, item.arguments());
        running = call;
        if (cancelled) {
            call.cancel();
        }
        listener.start(call);
    }

    private void completed(byte[] response) {
        responses.add(response);
        size += response.length;
        run();
    }

    private void failed(@Nullable String method, RpcException error) {
        Fault fault = listener.fault(error);
        exchange.called(method == null ? "-" : method, fault.code());
        completed(listener.messages().writeFaultItem(fault));
    }

    private final class ItemCall extends XmlRpcServerCall {
        private final @Nullable TokenBuffer arguments;

        ItemCall(String method, @Nullable TokenBuffer arguments) {
            super(method, exchange, listener);
            this.arguments = arguments;
        }

        @Override
        public @Nullable JsonParser arguments() {
            return arguments == null ? null : arguments.asParser();
        }

        @Override
        public void reply(@Nullable Object value, Type type) {
            byte[] response = listener.messages().writeItem(method(), value, type);
            ended(null);
            completed(response);
        }

        @Override
        public void fail(RpcException error) {
            failed(method(), error);
        }
    }
}
