package dev.parley.zerorpc;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that waits for one value. If the peer answers with a stream, its items become a list. */
final class ValueCall implements Channel.Owner {
    private final ClientSession session;
    private final String method;
    private final Channel channel;
    private final long listBytes;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private @Nullable Window window;
    private final List<Event> items = new ArrayList<>();
    private long itemBytes;

    ValueCall(ClientSession session, MessageId id, String method, long listBytes) {
        this.session = session;
        this.method = method;
        this.listBytes = listBytes;
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

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Gives the call up. */
    void forget() {
        session.close(channel);
    }

    @Override
    public void received(Event event) {
        if (event.problem() != null) {
            fail(new ProtocolException("the answer to " + method + ": " + event.problem()));
            return;
        }
        switch (event.name()) {
            case Event.OK -> {
                session.close(channel);
                try {
                    outcome.complete(Outcome.of(event, method));
                } catch (ProtocolException e) {
                    outcome.completeExceptionally(e);
                }
            }
            case Event.ERR -> {
                session.close(channel);
                outcome.completeExceptionally(Errors.read(event, method));
            }
            case Event.STREAM -> item(event);
            case Event.STREAM_DONE -> {
                session.close(channel);
                outcome.complete(Outcome.of(items));
            }
            default ->
                fail(new ProtocolException(
                        "the answer to " + method + " is an event of unknown name '" + event.name() + "'"));
        }
    }

    private void item(Event event) {
        items.add(event);
        itemBytes += event.bytes().length;
        if (itemBytes > listBytes) {
            fail(new ProtocolException("the stream of " + method + " is larger than the limit of " + listBytes
                    + " bytes for one result; read it as a stream"));
            return;
        }
        if (window == null) {
            window = new Window(session.options().window());
            window.beforeTaking();
        }
        window.taken();
        int grant = window.beforeTaking();
        if (grant > 0) {
            session.grant(channel, grant);
        }
    }

    private void fail(ProtocolException error) {
        session.close(channel);
        outcome.completeExceptionally(error);
    }

    @Override
    public void granted(long more) {
        // The request was all that there was to send.
    }

    @Override
    public void lost(ConnectionLostException reason) {
        outcome.completeExceptionally(
                new ConnectionLostException(reason.getMessage() + "; it is not known whether " + method + " ran"));
    }
}
