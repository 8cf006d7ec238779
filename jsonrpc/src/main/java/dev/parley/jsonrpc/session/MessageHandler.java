package dev.parley.jsonrpc.session;

import dev.parley.Address;
import dev.parley.InvalidArgumentsException;
import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Cancellation;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.JsonRpcErrors;
import dev.parley.jsonrpc.message.Request;
import dev.parley.jsonrpc.message.ResponseWriter;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.CallSource;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Decoding;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Guard;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.ServerContext;
import dev.parley.spi.ValueErrors;
import dev.parley.spi.ValueMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/**
 * The side of JSON-RPC that is called, the same under every transport: a message in, at most one message out.
 * Thread-safe.
 *
 * <p>The response to a message of notifications only is empty, and is given once its calls are accepted. A transport
 * with a response for each request sends it, others drop it.
 */
public final class MessageHandler {
    static final byte[] NOTHING = {};

    private static final Logger log = LoggerFactory.getLogger(MessageHandler.class);

    private static final int MAX_BATCH = 10_000;
    private static final int MAX_BACKLOG = 10_000;

    private final Dispatcher dispatcher;
    private final ObjectMapper mapper;
    private final ResponseWriter writer;
    private final @Nullable Introspection introspection;
    private final String scheme;
    private final int maxBatch;
    private final int maxBacklog;
    private final int maxMessage;
    private final boolean ordered;
    private final boolean sole;
    private final Function<ClientTransport, RpcClient> callers;

    private MessageHandler(
            Dispatcher dispatcher,
            ObjectMapper mapper,
            String scheme,
            boolean introspection,
            int maxBatch,
            int maxBacklog,
            int maxMessage,
            boolean ordered,
            boolean sole,
            Function<ClientTransport, RpcClient> callers) {
        this.dispatcher = dispatcher;
        this.mapper = mapper;
        this.writer = new ResponseWriter(mapper);
        this.introspection = introspection ? new Introspection(dispatcher, mapper) : null;
        this.scheme = scheme;
        this.maxBatch = maxBatch;
        this.maxBacklog = maxBacklog;
        this.maxMessage = maxMessage;
        this.ordered = ordered;
        this.sole = sole;
        this.callers = callers;
    }

    /** For a listener with a response for each request; reads the options that every server has. */
    public static MessageHandler ofExchanges(ServerContext context, AddressOptions options, String scheme) {
        return ofServer(context, options, scheme, 0, false);
    }

    /** For a listener with sessions; reads the options that every such server has. */
    public static MessageHandler ofSessions(ServerContext context, AddressOptions options, String scheme) {
        return ofServer(context, options, scheme, maxBacklog(options.ofServer()), false);
    }

    /** For a listener with one session only; reads the options that every such server has. */
    public static MessageHandler ofSoleSession(ServerContext context, AddressOptions options, String scheme) {
        return ofServer(context, options, scheme, maxBacklog(options.ofServer()), true);
    }

    private static MessageHandler ofServer(
            ServerContext context, AddressOptions options, String scheme, int maxBacklog, boolean sole) {
        AddressOptions own = options.ofServer();
        return new MessageHandler(
                context.dispatcher(),
                context.values().forPeer(own).json(),
                scheme,
                own.flag("introspection", true),
                own.integer("max_batch", MAX_BATCH, 0, Integer.MAX_VALUE),
                maxBacklog,
                context.values().limits().messageBytes(),
                false,
                sole,
                transport -> context.client(options.forClients(), transport));
    }

    /**
     * For the sessions of a client, whose notifications are handled in order; {@code null} if it has no endpoints.
     * Reads the options that every such client has.
     */
    public static @Nullable MessageHandler ofClient(
            ClientContext context, Address address, AddressOptions options, ValueMapping values) {
        int maxBacklog = maxBacklog(options);
        Dispatcher dispatcher = context.dispatcher();
        return dispatcher == null
                ? null
                : new MessageHandler(
                        dispatcher,
                        values.json(),
                        address.scheme(),
                        true,
                        MAX_BATCH,
                        maxBacklog,
                        values.limits().messageBytes(),
                        true,
                        true,
                        transport -> context.client(address, transport));
    }

    private static int maxBacklog(AddressOptions options) {
        return options.integer("max_backlog", MAX_BACKLOG, 2, Integer.MAX_VALUE);
    }

    /** The mapper of its messages. */
    public ObjectMapper mapper() {
        return mapper;
    }

    /** How many requests a batch may have. */
    int maxBatch() {
        return maxBatch;
    }

    /** How many messages of one peer may wait. */
    int maxBacklog() {
        return maxBacklog;
    }

    /** How many bytes one message may have, and those of one peer that wait. */
    int maxMessage() {
        return maxMessage;
    }

    /** Whether notifications are handled one at a time. */
    boolean ordered() {
        return ordered;
    }

    /** A client that calls the peer. */
    RpcClient caller(ClientTransport transport) {
        return callers.apply(transport);
    }

    /** The source of the calls of a session. */
    CallSource source(Runnable resume) {
        return sole ? dispatcher.soleSource(resume) : dispatcher.source(resume);
    }

    /**
     * Takes the message of an exchange, after which its sender waits for the response, and starts its calls.
     *
     * @param response takes the one response, now or later, on any thread; empty if there is none to send
     */
    public Incoming handle(byte[] message, Peer peer, Consumer<byte[]> response) {
        Envelope.Message scanned;
        try {
            scanned = scan(message, peer.charge());
        } catch (Envelope.UnreadableException e) {
            log.debug("{} from {}: {}", scheme, peer.remoteAddress(), e.getMessage());
            peer.called("-", e.invalid ? FaultCodes.INVALID_REQUEST : FaultCodes.PARSE_ERROR);
            response.accept(refusal(e));
            return new Incoming();
        }
        List<Request> requests = new ArrayList<>(scanned.elements().size());
        for (Envelope element : scanned.elements()) {
            requests.add(Request.of(element));
        }
        Incoming incoming = prepare(requests, scanned.batch(), peer, (self, bytes) -> response.accept(bytes));
        new Exchange(incoming).start(dispatcher);
        return incoming;
    }

    private Envelope.Message scan(byte[] message, @Nullable MessageCharge charge) throws Envelope.UnreadableException {
        if (charge == null || message.length <= LargeMessages.LARGE) {
            return Envelope.scan(mapper, message, maxBatch);
        }
        try (Decoding step = Decoding.of(charge)) {
            step.reads(message.length);
            return Envelope.scan(mapper, message, maxBatch);
        }
    }

    /** Starts the calls of one message, more of them as there is room. Thread-safe once it is started. */
    private static final class Exchange {
        private final Incoming message;
        /** Counts the starts that are asked for while one is going on. */
        private final AtomicInteger starts = new AtomicInteger();

        private @Nullable CallSource source;

        Exchange(Incoming message) {
            this.message = message;
        }

        void start(Dispatcher dispatcher) {
            source = dispatcher.source(this::proceed);
            proceed();
        }

        private void proceed() {
            if (starts.getAndIncrement() != 0) {
                return;
            }
            CallSource to = Objects.requireNonNull(source);
            do {
                // Those of a batch that have to wait until others have been started.
                to.keepsCalls(message.hasSeveral());
                if (message.start(to)) {
                    to.keepsCalls(false);
                }
            } while (starts.decrementAndGet() != 0);
        }
    }

    /**
     * Prepares the calls of a message.
     *
     * @param batch whether it was an array
     * @param responder takes the one response, now or later, on any thread; empty if there is none to send
     */
    Incoming prepare(List<Request> requests, boolean batch, Peer peer, Incoming.Responder responder) {
        Incoming incoming = new Incoming();
        Consumer<byte[]> response = bytes -> responder.respond(incoming, bytes);
        if (requests.isEmpty()) {
            incoming.add(() -> refuse(Request.invalid("a batch must not be empty"), peer, response));
        } else if (requests.stream().allMatch(request -> request.responseId() == null)) {
            notifications(requests, peer, response, incoming);
        } else if (!batch) {
            add(requests.getFirst(), peer, response, incoming);
        } else {
            BatchResponse collected = new BatchResponse(
                    (int) requests.stream()
                            .filter(request -> request.responseId() != null)
                            .count(),
                    maxMessage,
                    response);
            int slot = 0;
            for (Request request : requests) {
                int place = slot;
                boolean responds = request.responseId() != null;
                add(
                        request,
                        peer,
                        responds ? bytes -> collected.put(place, bytes, () -> tooLarge(request)) : nothing -> {},
                        incoming);
                slot += responds ? 1 : 0;
            }
        }
        return incoming;
    }

    /** The response to what a transport could not cut into messages. */
    byte[] refusal(Problem problem) {
        if (problem.isOverload()) {
            String id = problem.id() == null ? "null" : problem.id();
            return writer.error(
                    new Request.Invalid(problem.code(), problem.text(), id, false),
                    new OverloadedException(problem.text()));
        }
        return refusal(problem.code(), problem.text());
    }

    /** The response to what cannot be parsed. */
    byte[] refusal(Envelope.UnreadableException error) {
        int code = error.invalid ? FaultCodes.INVALID_REQUEST : FaultCodes.PARSE_ERROR;
        return refusal(code, String.valueOf(error.getMessage()));
    }

    private byte[] refusal(int code, String problem) {
        String kind = code == FaultCodes.PARSE_ERROR ? "parse error: " : "invalid request: ";
        return writer.error(Request.invalid(problem), code, kind + problem, null);
    }

    private void notifications(List<Request> requests, Peer peer, Consumer<byte[]> response, Incoming incoming) {
        AtomicInteger unfinished = new AtomicInteger(requests.size());
        for (Request request : requests) {
            add(
                    request,
                    peer,
                    nothing -> {
                        if (unfinished.decrementAndGet() == 0) {
                            incoming.finished();
                        }
                    },
                    incoming);
        }
        incoming.whenAccepted(() -> response.accept(NOTHING));
    }

    private void add(Request request, Peer peer, Consumer<byte[]> response, Incoming incoming) {
        switch (request) {
            case Request.Invalid invalid -> incoming.add(() -> refuse(invalid, peer, response));
            case Request.Call call -> {
                String cancelled = cancelled(call);
                if (introspection != null && introspection.has(call.method())) {
                    incoming.add(() -> introspect(introspection, call, peer, response));
                } else if (cancelled != null) {
                    incoming.add(() -> {
                        peer.cancelled(cancelled);
                        response.accept(NOTHING);
                    });
                } else {
                    if (call.responseId() == null) {
                        // Its outcome will be known too late.
                        peer.called(call.method(), null);
                    }
                    ServedCall served =
                            new ServedCall(call, peer, scheme, mapper, writer, dispatcher, response, ordered);
                    incoming.add(served);
                }
            }
        }
    }

    /** The id of the request that this notification cancels, as JSON text; {@code null} if it cancels none. */
    @Nullable
    String cancelled(Request request) {
        return request instanceof Request.Call call
                        && call.responseId() == null
                        && call.method().equals(Cancellation.METHOD)
                ? Cancellation.id(call, mapper)
                : null;
    }

    private void introspect(Introspection introspection, Request.Call call, Peer peer, Consumer<byte[]> response) {
        Object arguments = null;
        try {
            Envelope envelope = call.envelope();
            if (envelope.hasParams()) {
                int length = envelope.paramsEnd - envelope.paramsStart;
                if (length > LargeMessages.LARGE) {
                    throw new InvalidArgumentsException(
                            "the arguments of " + call.method() + " exceed " + LargeMessages.LARGE + " bytes");
                }
                arguments = mapper.readerFor(Object.class).readValue(envelope.bytes, envelope.paramsStart, length);
            }
        } catch (JacksonException e) {
            response.accept(refused(call, new InvalidArgumentsException(ValueErrors.text(e)), peer));
            return;
        } catch (InvalidArgumentsException e) {
            response.accept(refused(call, e, peer));
            return;
        }
        if (introspection.isReady(call.method(), peer.principal())) {
            response.accept(introspect(introspection, call, arguments, peer));
            return;
        }
        Object given = arguments;
        AtomicBoolean described = new AtomicBoolean();
        Guard.start(
                "parley-describe",
                () -> {
                    byte[] description = introspect(introspection, call, given, peer);
                    described.set(true);
                    response.accept(description);
                },
                error -> {
                    if (!described.get()) {
                        response.accept(refused(call, RemoteException.of("the service cannot be described"), peer));
                    }
                });
    }

    private byte[] introspect(Introspection introspection, Request.Call call, @Nullable Object arguments, Peer peer) {
        try {
            Object result = introspection.call(call.method(), arguments, peer.principal());
            byte[] response = writer.result(call, result, Object.class);
            peer.called(call.method(), null);
            return response;
        } catch (RpcException e) {
            return refused(call, e, peer);
        } catch (JacksonException e) {
            return refused(call, new InvalidArgumentsException(ValueErrors.text(e)), peer);
        }
    }

    private byte[] refused(Request.Call call, RpcException error, Peer peer) {
        peer.called(call.method(), JsonRpcErrors.code(error));
        return writer.error(call, error);
    }

    private void refuse(Request.Invalid invalid, Peer peer, Consumer<byte[]> response) {
        peer.called("-", invalid.code());
        response.accept(writer.error(invalid, invalid.code(), "invalid request: " + invalid.problem(), null));
    }

    private byte[] tooLarge(Request request) {
        return writer.error(
                request, new OverloadedException("the responses of this batch exceed " + maxMessage + " bytes in all"));
    }
}
