package dev.parley.cli.zerorpc;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.Limits;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.Target;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.ResultReaders;
import dev.parley.spi.StartedCall;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wires;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The peer that is called. Below the client API, which does not tell a list from a stream and does not wait for a
 * server that is not there yet, as ZeroMQ does. Not thread-safe.
 */
final class Peer implements AutoCloseable {
    /** The class of what the peer's methods raise. */
    static final String REMOTE_ERROR = "zerorpc.exceptions.RemoteError";

    private final ClientTransport transport;
    private final ResultReaders readers;
    private final int timeoutSeconds;

    private Peer(ClientTransport transport, int timeoutSeconds) {
        this.transport = transport;
        this.readers = new ResultReaders(transport.mapper());
        this.timeoutSeconds = timeoutSeconds;
    }

    /**
     * Connects in the background.
     *
     * @param timeoutSeconds how long to wait for the first message of a response
     * @throws RpcException if the address is unusable
     */
    static Peer connect(Address address, int timeoutSeconds) {
        Wires.Resolved resolved = Wires.resolve(address, Target.none());
        ClientContext context = new ClientContext(new ValueMapping(Limits.defaults(), List.of()), Target.none(), null);
        return new Peer(resolved.wire().connect(resolved.address(), context), timeoutSeconds);
    }

    /** Takes what a method returns. */
    interface Receiver {
        /** The one result. */
        void value(@Nullable Object value);

        /** The items of a stream, which this reads to its end. */
        void stream(Items items);
    }

    /** The items of a stream. */
    interface Items {
        /** Hands each of them over, as it comes. */
        void forEach(Consumer<@Nullable Object> action);
    }

    /** One thing that a response tells: an item or the result, the end, or an error. */
    private record Told(
            @Nullable EncodedResult value,
            boolean item,
            @Nullable Throwable error) {}

    /** Keeps what is told until it is read. Thread-safe. */
    private static final class Response implements ResponseListener {
        private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

        @Override
        public void onSent() {
            // Only casts.
        }

        @Override
        public boolean acceptsValue() {
            return true;
        }

        @Override
        public void onResult(EncodedResult result) {
            told.add(new Told(result, false, null));
        }

        @Override
        public void onItem(EncodedResult item) {
            told.add(new Told(item, true, null));
        }

        @Override
        public void onEnd() {
            told.add(new Told(null, true, null));
        }

        @Override
        public void onFailure(Throwable error) {
            told.add(new Told(null, false, error));
        }

        @Override
        public void onNotSent(RpcException error) {
            onFailure(error);
        }
    }

    /**
     * Calls a method and waits for its one value.
     *
     * @throws PythonError if that fails
     */
    @Nullable
    Object call(String method, Object... arguments) {
        Object[] result = new Object[1];
        call(method, List.of(arguments), new Receiver() {
            @Override
            public void value(@Nullable Object value) {
                result[0] = value;
            }

            @Override
            public void stream(Items items) {
                throw new PythonError("TypeError", method + " is a stream");
            }
        });
        return result[0];
    }

    /**
     * Calls a method and waits for its value, or for the first item of its stream.
     *
     * @throws PythonError if that fails, or the stream does
     */
    void call(String method, List<? extends @Nullable Object> arguments, Receiver receiver) {
        if (timeoutSeconds < 0) {
            throw new PythonError("ValueError", "'timeout' must be a non-negative number");
        }
        ClientCall call = new ClientCall(
                method,
                Args.of(arguments.toArray()),
                ClientRequest.Kind.STREAM,
                Object.class,
                CallOptions.defaults(),
                Duration.ofSeconds(timeoutSeconds));
        try {
            start(call, receiver);
        } catch (RpcException e) {
            throw error(e, method);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PythonError("KeyboardInterrupt", "");
        }
    }

    private void start(ClientCall call, Receiver receiver) throws InterruptedException {
        while (true) {
            Response response = new Response();
            StartedCall started = transport.start(call, response);
            started.requestItem();
            Told first = response.told.poll(Math.max(0, call.remainingNanos()), TimeUnit.NANOSECONDS);
            if (first == null) {
                started.cancel();
                throw timedOut(call);
            }
            // ZeroMQ keeps a request until there is a connection: here each attempt to connect has a call of its own.
            boolean notSent = first.error() instanceof ConnectionLostException lost && lost.getCause() != null;
            if (notSent && call.remainingNanos() > 0) {
                continue;
            } else if (notSent) {
                throw timedOut(call);
            }
            if (!first.item()) {
                receiver.value(value(first, call));
            } else {
                receiver.stream(action -> read(first, response, started, call, action));
            }
            return;
        }
    }

    private void read(
            Told first, Response response, StartedCall started, ClientCall call, Consumer<@Nullable Object> action) {
        try {
            Told next = first;
            while (next.error() != null || next.value() != null) {
                action.accept(value(next, call));
                started.requestItem();
                next = response.told.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PythonError("KeyboardInterrupt", "");
        } finally {
            started.cancel();
        }
    }

    private @Nullable Object value(Told told, ClientCall call) {
        if (told.error() instanceof RpcException known) {
            throw known;
        } else if (told.error() != null) {
            throw new ProtocolException(String.valueOf(told.error().getMessage()));
        }
        EncodedResult value = told.value();
        return value == null ? null : value.decode(readers, call);
    }

    private PythonError timedOut(ClientCall call) {
        return new PythonError(
                "zerorpc.exceptions.TimeoutExpired",
                "timeout after " + timeoutSeconds + "s, when calling remote method " + call.method());
    }

    private static PythonError error(RpcException error, String method) {
        String message = String.valueOf(error.getMessage());
        return switch (error) {
            case RemoteException remote ->
                new PythonError(
                        REMOTE_ERROR,
                        remote.traceback().isEmpty()
                                ? remote.type() + ": " + remote.remoteMessage()
                                : String.join("", remote.traceback()));
            case MethodNotFoundException unknown -> new PythonError(REMOTE_ERROR, "NameError: " + method);
            case ConnectionLostException lost -> new PythonError("zerorpc.exceptions.LostRemote", message);
            case OverloadedException full -> new PythonError("zerorpc.exceptions.LostRemote", message);
            case SerializationException wrong -> new PythonError("TypeError", message);
            case ProtocolException wrong -> new PythonError("RuntimeError", message);
            default -> new PythonError(REMOTE_ERROR, error.getClass().getSimpleName() + ": " + message);
        };
    }

    @Override
    public void close() {
        transport.close();
    }
}
