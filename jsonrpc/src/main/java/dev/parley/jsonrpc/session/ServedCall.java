package dev.parley.jsonrpc.session;

import dev.parley.InvalidArgumentsException;
import dev.parley.OverloadedException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.Ids;
import dev.parley.jsonrpc.message.JsonRpcErrors;
import dev.parley.jsonrpc.message.Request;
import dev.parley.jsonrpc.message.ResponseWriter;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.PeerLog;
import dev.parley.spi.ServerCall;
import java.lang.reflect.Type;
import java.security.Principal;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** One call or notification on its way through the dispatcher. Thread-safe as {@link ServerCall} is. */
final class ServedCall extends ServerCall {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(ServedCall.class));

    private final Request.Call request;
    private final Peer peer;
    private final String scheme;
    private final ObjectMapper mapper;
    private final ResponseWriter writer;
    private final Dispatcher dispatcher;
    /** Takes the response; nothing, once it is over, if there is none. */
    private final Consumer<byte[]> response;

    private final boolean warns;

    /**
     * A call.
     *
     * @param warns whether a notification with arguments that do not fit is logged as a warning, since nobody is told
     */
    ServedCall(
            Request.Call request,
            Peer peer,
            String scheme,
            ObjectMapper mapper,
            ResponseWriter writer,
            Dispatcher dispatcher,
            Consumer<byte[]> response,
            boolean warns) {
        this.request = request;
        this.peer = peer;
        this.scheme = scheme;
        this.mapper = mapper;
        this.writer = writer;
        this.dispatcher = dispatcher;
        this.response = response;
        this.warns = warns;
    }

    /** Whether it is the call of this id, given as JSON text. */
    boolean hasId(String id) {
        return Ids.equal(id, request.responseId());
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public @Nullable JsonParser arguments() {
        Envelope envelope = request.envelope();
        if (!envelope.hasParams()) {
            return null;
        }
        int start = envelope.paramsStart;
        JsonParser parser = mapper.createParser(envelope.bytes, start, envelope.paramsEnd - start);
        if (!envelope.mixedParams) {
            return parser;
        }
        try (parser) {
            return MixedArguments.untangle(mapper, mapper.readTree(parser), method(), dispatcher);
        }
    }

    @Override
    public long messageBytes() {
        Envelope envelope = request.envelope();
        return envelope.hasParams() ? envelope.paramsEnd - envelope.paramsStart : 0;
    }

    @Override
    public String wire() {
        return scheme;
    }

    @Override
    public @Nullable String remoteAddress() {
        return peer.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        return peer.principal();
    }

    @Override
    public @Nullable RpcClient caller() {
        return peer.caller();
    }

    @Override
    public @Nullable Object connection() {
        return peer.connection();
    }

    @Override
    public Map<String, String> metadata() {
        return peer.metadata();
    }

    @Override
    public void reply(@Nullable Object value, Type type) {
        if (request.responseId() == null) {
            response.accept(MessageHandler.NOTHING);
            return;
        }
        byte[] result = writer.result(request, value, type);
        if (!peer.hasRoom(result.length)) {
            fail(new OverloadedException("too much memory is in use for the result of " + method()));
            return;
        }
        peer.called(method(), null);
        response.accept(result);
    }

    @Override
    public void abandon(Throwable error) {
        peer.abandon(error);
    }

    @Override
    public void fail(RpcException error) {
        if (error instanceof OverloadedException) {
            peer.overloaded();
        }
        if (request.responseId() != null) {
            peer.called(method(), JsonRpcErrors.code(error));
            response.accept(writer.error(request, error));
            return;
        }
        if (warns && error instanceof InvalidArgumentsException) {
            faults.warn(peer.remoteAddress(), "notification {} was not handled: {}", method(), error.getMessage());
        }
        response.accept(MessageHandler.NOTHING);
    }
}
