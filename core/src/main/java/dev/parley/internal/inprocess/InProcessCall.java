package dev.parley.internal.inprocess;

import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ErrorCodes;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.ServerCall;
import dev.parley.spi.StartedCall;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** One call, both its ends. Thread-safe. */
final class InProcessCall extends ServerCall implements StartedCall {
    /** How many items of a stream may wait for the reader. */
    private static final int WINDOW = 64;

    private final ClientCall call;
    private final byte[] arguments;
    private final InProcessListener server;
    private final InProcessTransport client;
    private final ResponseListener listener;
    private final Semaphore room = new Semaphore(WINDOW);
    private final @Nullable Instant deadline;

    InProcessCall(
            ClientCall call,
            byte[] arguments,
            InProcessListener server,
            InProcessTransport client,
            ResponseListener listener) {
        this.call = call;
        this.arguments = arguments;
        this.server = server;
        this.client = client;
        this.listener = listener;
        this.deadline = call.kind() == ClientRequest.Kind.CALL ? Instant.now().plusNanos(call.remainingNanos()) : null;
    }

    @Override
    public String method() {
        return call.method();
    }

    @Override
    public @Nullable String namespace() {
        return call.target().namespace();
    }

    @Override
    public @Nullable String version() {
        return call.target().version();
    }

    @Override
    public ObjectMapper mapper() {
        return server.mapper();
    }

    @Override
    public JsonParser arguments() {
        return mapper().createParser(arguments);
    }

    @Override
    public Map<String, @Nullable Object> context() {
        return call.context();
    }

    @Override
    public @Nullable Instant deadline() {
        return deadline;
    }

    @Override
    public String wire() {
        return InProcessWire.SCHEME;
    }

    @Override
    public boolean streams() {
        return call.kind() == ClientRequest.Kind.STREAM;
    }

    @Override
    public void reply(@Nullable Object value, Type type) {
        EncodedResult result = encoded(value, type);
        over();
        listener.onResult(result);
    }

    private EncodedResult encoded(@Nullable Object value, Type type) {
        JsonMapper mapper = server.mapper();
        byte[] json = value == null || type == void.class
                ? mapper.writeValueAsBytes(value)
                : mapper.writerFor(mapper.constructType(type)).writeValueAsBytes(value);
        return (readers, read) -> {
            try (JsonParser parser = mapper.createParser(json)) {
                return readers.read(parser, read);
            }
        };
    }

    @Override
    public void stream(Iterator<? extends @Nullable Object> items) {
        while (items.hasNext()) {
            EncodedResult item = encoded(items.next(), Object.class);
            try {
                room.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RpcTimeoutException("interrupted while the reader of " + method() + " took no item");
            }
            if (isCancelled()) {
                throw new RpcTimeoutException("the reader of " + method() + " is gone");
            }
            listener.onItem(item);
        }
        over();
        listener.onEnd();
    }

    @Override
    public void fail(RpcException error) {
        over();
        listener.onFailure(received(error));
    }

    @Override
    public void abandon(Throwable error) {
        listener.onFailure(error);
    }

    /** The error as if it had come over a network: new, and without its cause. */
    private static RpcException received(RpcException error) {
        if (error instanceof RemoteException remote) {
            RemoteException copy = RemoteException.of(remote.type(), remote.remoteMessage())
                    .withModule(remote.module())
                    .withTraceback(remote.traceback())
                    .withData(remote.data());
            return remote.code() == null ? copy : copy.withCode(remote.code());
        }
        return Objects.requireNonNull(
                ErrorCodes.named(ErrorCodes.name(error), error.getMessage(), error.code(), error.data()));
    }

    /** Either end is closed. */
    void lost() {
        over();
        listener.onFailure(new ConnectionLostException("the connection to the server was closed"));
        cancel();
    }

    private void over() {
        server.over(this);
        client.over(this);
    }
}
