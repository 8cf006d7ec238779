package dev.parley.jsonrpc.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Cancellation;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.Request;
import dev.parley.jsonrpc.message.ResponseWriter;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ServerContext;
import dev.parley.spi.ValueErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/**
 * The server side of JSON-RPC, the same under every transport: a message in, at most one message out. Thread-safe.
 *
 * <p>The response to a message of notifications only is empty, and is given once its calls are accepted. A transport
 * with a
 * response for each request sends it, others drop it.
 */
final class MessageHandler {
    static final byte[] NOTHING = {};

    private static final Logger log = LoggerFactory.getLogger(MessageHandler.class);

    private final Dispatcher dispatcher;
    private final ObjectMapper mapper;
    private final ResponseWriter writer;
    private final Introspection introspection;
    private final String scheme;
    private final int maxBatch;
    private final long maxResponse;

    /** For a listener; reads the options of servers that all transports have. */
    MessageHandler(ServerContext context, AddressOptions options, String scheme) {
        AddressOptions own = options.ofServer();
        this.dispatcher = context.dispatcher();
        this.mapper = context.values().forPeer(own).json();
        this.writer = new ResponseWriter(mapper);
        this.introspection = new Introspection(dispatcher, mapper);
        this.scheme = scheme;
        this.maxBatch = own.integer("max_batch", 10_000, 1, Integer.MAX_VALUE);
        this.maxResponse = context.values().limits().messageBytes();
    }

    /**
     * A message in progress. Confined to the thread that handles the message until it is published; then thread-safe.
     */
    static final class Running {
        private final List<ServedCall> calls = new ArrayList<>(1);
        private boolean accepted = true;

        /** Whether there is room for more; if not, the source must not be read until {@code resume} is run. */
        boolean accepted() {
            return accepted;
        }

        /** The peer has disconnected: interrupts its calls. */
        void cancel() {
            calls.forEach(ServerCall::cancel);
        }

        /** The peer cancels one call: interrupts it, if it is among these. */
        void cancel(String id) {
            calls.stream().filter(call -> call.hasId(id)).forEach(ServerCall::cancel);
        }
    }

    /**
     * Takes a message.
     *
     * @param response takes the one response, now or later, on any thread; empty if there is none to send
     * @param resume see {@link Dispatcher#dispatch}
     */
    Running handle(byte[] message, Peer peer, Consumer<byte[]> response, Runnable resume) {
        Running running = new Running();
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(mapper, message, maxBatch);
        } catch (Envelope.UnreadableException e) {
            log.debug("{} from {}: {}", scheme, peer.remoteAddress(), e.getMessage());
            int code = e.invalid ? FaultCodes.INVALID_REQUEST : FaultCodes.PARSE_ERROR;
            response.accept(refusal(code, String.valueOf(e.getMessage())));
            return running;
        }
        List<Request> requests = new ArrayList<>(scanned.elements().size());
        for (Envelope element : scanned.elements()) {
            requests.add(Request.of(element));
        }
        if (requests.isEmpty()) {
            refuse(Request.invalid("a batch must not be empty"), response);
        } else if (requests.stream().allMatch(request -> request.responseId() == null)) {
            notifyAll(requests, peer, response, resume, running);
        } else if (!scanned.batch()) {
            run(requests.getFirst(), peer, response, resume, running);
        } else {
            BatchResponse collected = new BatchResponse(
                    (int) requests.stream()
                            .filter(request -> request.responseId() != null)
                            .count(),
                    maxResponse,
                    response);
            int slot = 0;
            for (Request request : requests) {
                int place = slot;
                run(request, peer, bytes -> collected.put(place, bytes, () -> tooLarge(request)), resume, running);
                slot += request.responseId() == null ? 0 : 1;
            }
        }
        return running;
    }

    /** The response to what a transport could not cut into messages. */
    byte[] refusal(FrameDecoder.Problem problem) {
        return refusal(problem.code(), problem.text());
    }

    private byte[] refusal(int code, String problem) {
        String kind = code == FaultCodes.PARSE_ERROR ? "parse error: " : "invalid request: ";
        return writer.error(Request.invalid(problem), code, kind + problem, null);
    }

    private void notifyAll(
            List<Request> requests, Peer peer, Consumer<byte[]> response, Runnable resume, Running running) {
        Once done = new Once(() -> {
            response.accept(NOTHING);
            resume.run();
        });
        for (Request request : requests) {
            run(request, peer, nothing -> {}, done, running);
        }
        if (running.accepted) {
            done.run();
        }
    }

    private void run(Request request, Peer peer, Consumer<byte[]> response, Runnable resume, Running running) {
        switch (request) {
            case Request.Invalid invalid -> refuse(invalid, response);
            case Request.Call call -> {
                if (introspection.has(call.method())) {
                    introspect(call, response);
                } else if (call.method().equals(Cancellation.METHOD) && call.responseId() == null) {
                    peer.cancelled(Cancellation.id(call, mapper));
                } else {
                    ServedCall served = new ServedCall(call, peer, scheme, mapper, writer, dispatcher, response);
                    running.calls.add(served);
                    running.accepted &= dispatcher.dispatch(served, resume);
                }
            }
        }
    }

    private void introspect(Request.Call call, Consumer<byte[]> response) {
        Object arguments = null;
        try {
            Envelope envelope = call.envelope();
            if (envelope.hasParams()) {
                int length = envelope.paramsEnd - envelope.paramsStart;
                arguments = mapper.readerFor(Object.class).readValue(envelope.bytes, envelope.paramsStart, length);
            }
        } catch (JacksonException e) {
            response.accept(writer.error(call, new InvalidArgumentsException(ValueErrors.text(e))));
            return;
        }
        if (introspection.isReady(call.method())) {
            response.accept(introspect(call, arguments));
            return;
        }
        Object given = arguments;
        Thread.ofVirtual().name("parley-describe").start(() -> {
            byte[] bytes;
            try {
                bytes = introspect(call, given);
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                log.error("{}: the service cannot be described", scheme, e);
                bytes = writer.error(call, RemoteException.of("the service cannot be described"));
            }
            response.accept(bytes);
        });
    }

    private byte[] introspect(Request.Call call, @Nullable Object arguments) {
        try {
            return writer.result(call, introspection.call(call.method(), arguments), Object.class);
        } catch (RpcException e) {
            return writer.error(call, e);
        } catch (JacksonException e) {
            return writer.error(call, new InvalidArgumentsException(ValueErrors.text(e)));
        }
    }

    private void refuse(Request.Invalid invalid, Consumer<byte[]> response) {
        response.accept(writer.error(invalid, invalid.code(), "invalid request: " + invalid.problem(), null));
    }

    private byte[] tooLarge(Request request) {
        return writer.error(
                request,
                new OverloadedException("the responses of this batch exceed " + maxResponse + " bytes in all"));
    }
}
