package dev.parley.zerorpc.client;

import dev.parley.ProtocolException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResponseListener;
import dev.parley.zerorpc.channel.Window;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.EncodedValue;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.MessageId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** A call that waits for one value. If the peer responds with a stream, its items become a list. Thread-safe. */
final class ValueCall extends PendingCall {
    private final ObjectMapper mapper;
    private final int maxItemBytes;
    /** {@code null} until the first item of a stream. Touched on the event loop only. */
    private @Nullable Items items;

    /** The items of a stream so far. */
    private static final class Items {
        private final List<Event> events = new ArrayList<>();
        private final Window window;
        private long bytes;

        Items(Window window) {
            this.window = window;
            window.requestItem();
        }
    }

    /**
     * A call.
     *
     * @param maxItemBytes how many bytes the items of a stream may have in all
     */
    ValueCall(
            ClientCall call,
            MessageId id,
            ZerorpcOptions options,
            ObjectMapper mapper,
            int maxItemBytes,
            ResponseListener listener) {
        super(call, id, options, listener);
        this.mapper = mapper;
        this.maxItemBytes = maxItemBytes;
    }

    @Override
    void result(Event event) {
        complete(EncodedValue.ofResult(event, method(), mapper));
    }

    @Override
    void item(Event event) {
        if (items == null) {
            items = new Items(new Window(window()));
        }
        if (!hold(event.bytes().length)) {
            return;
        }
        items.events.add(event);
        items.bytes += event.bytes().length;
        if (items.bytes > maxItemBytes) {
            fail(new ProtocolException("the stream of " + method() + " exceeds the limit of " + maxItemBytes
                    + " bytes for one result; read it as a stream"));
            return;
        }
        grant(items.window.requestItem());
    }

    @Override
    void streamDone() {
        complete(EncodedValue.ofItems(items == null ? List.of() : items.events, mapper));
    }
}
