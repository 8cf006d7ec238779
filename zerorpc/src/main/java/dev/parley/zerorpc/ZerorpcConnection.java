package dev.parley.zerorpc;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.Limits;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
import dev.parley.spi.ResultReaders;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zerorpc.zmtp.SocketType;
import dev.parley.zerorpc.zmtp.ZmtpConnector;
import dev.parley.zerorpc.zmtp.ZmtpHandler;
import dev.parley.zerorpc.zmtp.ZmtpLimits;
import dev.parley.zerorpc.zmtp.ZmtpPeer;
import dev.parley.zerorpc.zmtp.ZmtpSocket;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** A DEALER socket with one endpoint: calls are channels of the connection that carried their request. */
final class ZerorpcConnection implements Connection, ZmtpHandler {
    private final ZerorpcOptions options;
    private final ZmtpLimits limits;
    private final MsgpackMapper mapper;
    private final EventWriter writer;
    private final ResultReaders readers;
    private final PeerDescription description;
    private final Limits messageLimits;
    private final ZmtpSocket socket;
    private final ZmtpConnector connector;
    private volatile boolean closed;

    ZerorpcConnection(Address address, ClientContext context) {
        this.options = ZerorpcOptions.of(address);
        this.messageLimits = context.values().limits();
        this.limits = ZerorpcOptions.zmtpLimits(messageLimits);
        this.mapper = options.mapper(context.values());
        this.writer = new EventWriter(mapper);
        this.readers = new ResultReaders(mapper);
        this.description = new PeerDescription(context.values());
        this.socket = new ZmtpSocket(SocketType.DEALER, limits, this);
        this.connector = socket.connect(ZerorpcOptions.endpoint(address));
    }

    @Override
    public ArgumentStyle arguments() {
        return ArgumentStyle.POSITIONAL;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public Duration defaultTimeout() {
        return Duration.ofSeconds(30);
    }

    @Override
    public @Nullable Object call(ClientCall call) {
        MessageId id = writer.nextId();
        MsgpackBuffer request = encode(call, id);
        ValueCall pending = send(awaitSession(call), call, id, request);
        try {
            return read(pending.outcome().get(call.remainingNanos(), TimeUnit.NANOSECONDS), call);
        } catch (TimeoutException e) {
            pending.forget();
            throw call.timedOut();
        } catch (InterruptedException e) {
            pending.forget();
            throw interrupted(call);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    @Override
    public CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        try {
            MessageId id = writer.nextId();
            MsgpackBuffer request = encode(call, id);
            ClientSession ready = currentSession();
            CompletableFuture<ValueCall> sent = ready != null
                    ? CompletableFuture.completedFuture(send(ready, call, id, request))
                    : connector.peer().thenApply(peer -> send(session(peer), call, id, request));
            CompletableFuture<@Nullable Object> result = sent.thenCompose(ValueCall::outcome)
                    .thenApply(outcome -> read(outcome, call))
                    .orTimeout(Math.max(0, call.remainingNanos()), TimeUnit.NANOSECONDS);
            CompletableFuture<@Nullable Object> told = new CompletableFuture<>();
            result.whenComplete((value, error) -> {
                if (error == null) {
                    told.complete(value);
                } else {
                    told.completeExceptionally(failure(error, call));
                }
            });
            told.whenComplete((value, error) -> {
                if (error != null) {
                    // Timed out or cancelled: an answer is not waited for any more.
                    sent.thenAccept(ValueCall::forget);
                    result.cancel(false);
                }
            });
            return told;
        } catch (RpcException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void cast(ClientCall call) {
        MessageId id = writer.nextId();
        MsgpackBuffer request = encode(call, id);
        // zerorpc always answers. The channel stays open, with its heartbeats, lest the server take us for lost and
        // cancel the method.
        send(awaitSession(call), call, id, request).outcome().whenComplete((outcome, error) -> {
            if (error != null) {
                Session.log.debug("the cast of {} failed: {}", call.qualifiedMethod(), error.getMessage());
            }
        });
    }

    @Override
    public Stream<@Nullable Object> stream(ClientCall call) {
        MessageId id = writer.nextId();
        MsgpackBuffer request = encode(call, id);
        ClientSession session = awaitSession(call);
        StreamCall stream = new StreamCall(session, id, call, mapper, readers);
        send(session, stream.channel(), request);
        Iterator<@Nullable Object> items = stream.begin();
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(items, Spliterator.ORDERED), false)
                .onClose(stream::close);
    }

    @Override
    public ServiceDescription describe(CallOptions callOptions) {
        Duration timeout = Objects.requireNonNullElse(callOptions.timeout(), defaultTimeout());
        return description.read((method, args) ->
                call(new ClientCall(method, Args.of(args), Object.class, callOptions.namespace(null), timeout)));
    }

    private MsgpackBuffer encode(ClientCall call, MessageId id) {
        if (!(call.args() instanceof Args.Positional positional)) {
            throw new InvalidArgumentsException("zerorpc carries positional arguments only");
        }
        String method = call.qualifiedMethod();
        MsgpackBuffer out = writer.request(id, call.context(), method);
        out.writeArrayHeader(positional.values().size());
        int number = 0;
        for (Object argument : positional.values()) {
            number++;
            writer.argument(out, argument, number, method);
        }
        return out;
    }

    private ValueCall send(ClientSession session, ClientCall call, MessageId id, MsgpackBuffer request) {
        ValueCall pending = new ValueCall(session, id, call.qualifiedMethod(), messageLimits.messageBytes());
        send(session, pending.channel(), request);
        return pending;
    }

    private void send(ClientSession session, Channel channel, MsgpackBuffer request) {
        if (session.peer().pendingBytes() > limits.maxPendingBytes()) {
            throw new OverloadedException("more than " + limits.maxPendingBytes() + " bytes wait to be sent to "
                    + connector + ", which does not read them");
        }
        session.open(channel);
        session.send(channel, request);
    }

    private @Nullable ClientSession currentSession() {
        ZmtpPeer peer = connector.current();
        return peer == null ? null : session(peer);
    }

    private ClientSession awaitSession(ClientCall call) {
        ClientSession ready = currentSession();
        if (ready != null) {
            return ready;
        }
        try {
            return session(connector.peer().get(Math.max(0, call.remainingNanos()), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new ConnectionLostException("no connection to " + connector + " within "
                    + call.timeout().toMillis() + " ms");
        } catch (InterruptedException e) {
            throw interrupted(call);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static ClientSession session(ZmtpPeer peer) {
        return (ClientSession) Objects.requireNonNull(peer.attachment());
    }

    private @Nullable Object read(Outcome outcome, ClientCall call) {
        try (JsonParser parser = mapper.createParser(outcome.bytes(), outcome.start(), outcome.length())) {
            return readers.read(parser, call);
        }
    }

    private static RpcException interrupted(ClientCall call) {
        Thread.currentThread().interrupt();
        return new ConnectionLostException("interrupted while waiting for the answer to " + call.qualifiedMethod());
    }

    private static RpcException failure(Throwable error, ClientCall call) {
        return error instanceof TimeoutException ? call.timedOut() : failure(error);
    }

    private static RpcException failure(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof RpcException rpc) {
            // Thrown on another thread: the caller's own stack is worth more, but the type and the message are what he
            // handles.
            return rpc;
        }
        return new ConnectionLostException("the call failed: " + cause);
    }

    @Override
    public void connected(ZmtpPeer peer) {
        peer.attach(new ClientSession(peer, options, writer));
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        session(peer).received(Event.parse(frames[frames.length - 1]), frames);
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        String problem = ZerorpcListener.tooLarge(bytes, messageLimits);
        session(peer).received(Event.parseBeginning(frames[frames.length - 1], problem), frames);
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        session(peer)
                .end(new ConnectionLostException(
                        closed ? "the client was closed" : "lost the connection to " + connector + ": " + reason));
    }

    @Override
    public void close() {
        closed = true;
        socket.close();
    }
}
