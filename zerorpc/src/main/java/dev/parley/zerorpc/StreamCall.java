package dev.parley.zerorpc;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResultReaders;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/**
 * A call that is answered by a stream: an iterator over the items as they come, for one thread. The timeout covers the first answer; after it the heartbeats watch
 * over the peer, as in Python.
 */
final class StreamCall implements Channel.Owner, Iterator<@Nullable Object> {
    private sealed interface Arrival {
        record Came(Event event) implements Arrival {}

        record Failed(RpcException error) implements Arrival {}
    }

    private final ClientSession session;
    private final ClientCall call;
    private final ObjectMapper mapper;
    private final ResultReaders readers;
    private final Channel channel;
    private final Window window;
    private final int mostUnread;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private @Nullable Event next;
    private boolean done;

    StreamCall(ClientSession session, MessageId id, ClientCall call, ObjectMapper mapper, ResultReaders readers) {
        this.session = session;
        this.call = call;
        this.mapper = mapper;
        this.readers = readers;
        this.window = new Window(session.options().window());
        // The window, the first item that needs no grant, and the end.
        this.mostUnread = session.options().window() + 2;
        this.channel = new Channel(
                id,
                3,
                new byte[0][],
                session.options().passive(),
                session.options().heartbeatNanos(),
                this);
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void received(Event event) {
        if (event.problem() != null) {
            fail(new ProtocolException("the answer to " + method() + ": " + event.problem()));
        } else if (arrivals.size() >= mostUnread) {
            fail(new ProtocolException("the peer sends more items of " + method() + " than it was granted"));
        } else {
            if (!event.name().equals(Event.STREAM)) {
                session.close(channel);
            }
            arrivals.add(new Arrival.Came(event));
        }
    }

    private void fail(RpcException error) {
        session.close(channel);
        arrivals.add(new Arrival.Failed(error));
    }

    @Override
    public void granted(long more) {
        // The request was all that there was to send.
    }

    @Override
    public void lost(ConnectionLostException reason) {
        arrivals.add(new Arrival.Failed(reason));
    }

    /**
     * Waits for the first answer.
     *
     * @return the items: this, or those of a list that the method returned instead
     */
    Iterator<@Nullable Object> begin() {
        window.beforeTaking();
        Event first = take(call.remainingNanos());
        if (first.name().equals(Event.OK)) {
            return list(Outcome.of(first, method()));
        }
        item(first);
        return this;
    }

    private Event take(long nanos) {
        try {
            Arrival arrival = nanos < 0 ? arrivals.poll() : arrivals.poll(nanos, TimeUnit.NANOSECONDS);
            return switch (arrival) {
                case null -> throw call.timedOut();
                case Arrival.Failed failed -> throw failed.error();
                case Arrival.Came came
                when came.event().name().equals(Event.ERR) -> throw Errors.read(came.event(), method());
                case Arrival.Came came -> came.event();
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new ConnectionLostException("interrupted while waiting for an item of " + method());
        } catch (RpcException e) {
            close();
            throw e;
        }
    }

    private void item(Event event) {
        switch (event.name()) {
            case Event.STREAM -> {
                window.taken();
                next = event;
            }
            case Event.STREAM_DONE -> done = true;
            default -> {
                close();
                throw new ProtocolException(
                        "the answer to " + method() + " is an event of unknown name '" + event.name() + "'");
            }
        }
    }

    /** Node ends a stream without items as it ends a call without a result, and cannot be told apart. */
    private Iterator<@Nullable Object> list(Outcome outcome) {
        MsgpackType type = new MsgpackCursor(outcome.bytes(), outcome.start(), outcome.bytes().length).peek();
        if (type != MsgpackType.ARRAY && type != MsgpackType.NIL) {
            throw new ProtocolException(method() + " returned no stream and no list but a value of kind " + type);
        }
        ClientCall asList = call.withResultType(
                mapper.getTypeFactory().constructCollectionType(List.class, mapper.constructType(call.resultType())));
        Object items = readers.read(mapper.createParser(outcome.bytes(), outcome.start(), outcome.length()), asList);
        if (items == null) {
            return Collections.emptyIterator();
        }
        @SuppressWarnings("unchecked")
        Iterator<@Nullable Object> iterator = ((Iterable<@Nullable Object>) items).iterator();
        return iterator;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !done) {
            int grant = window.beforeTaking();
            if (grant > 0) {
                session.grant(channel, grant);
            }
            item(take(Long.MAX_VALUE));
        }
        return next != null;
    }

    @Override
    public @Nullable Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Event item = Objects.requireNonNull(next);
        next = null;
        try (JsonParser parser =
                mapper.createParser(item.bytes(), item.argsStart(), item.bytes().length - item.argsStart())) {
            return readers.read(parser, call);
        }
    }

    private String method() {
        return call.qualifiedMethod();
    }

    /** Gives the rest up. The protocol cannot say so: the server finds out by the silence on the channel. */
    void close() {
        done = true;
        session.close(channel);
    }
}
