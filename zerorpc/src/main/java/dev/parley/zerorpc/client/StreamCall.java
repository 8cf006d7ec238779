package dev.parley.zerorpc.client;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResponseListener;
import dev.parley.zerorpc.channel.Window;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.EncodedValue;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.MessageId;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.ObjectMapper;

/**
 * A call that expects a stream: reports its items as they arrive, and grants more as the reader takes them. Items are
 * requested by one thread at a time; the rest is thread-safe.
 */
final class StreamCall extends PendingCall {
    private final ObjectMapper mapper;
    /** Touched by the reader only. */
    private final Window window;
    /** More unread items than this were surely not granted. */
    private final int maxUnread;
    /** The sizes of items that wait for the reader. */
    private final Queue<Integer> unread = new ConcurrentLinkedQueue<>();
    /** Items that arrived. Touched on the event loop only. */
    private long received;
    /** Items that the reader requested. Written by the reader only. */
    private volatile long requested;

    StreamCall(ClientCall call, MessageId id, ZerorpcOptions options, ObjectMapper mapper, ResponseListener listener) {
        super(call, id, options, listener);
        this.mapper = mapper;
        this.window = new Window(window());
        this.maxUnread = window() + 2;
    }

    @Override
    public void requestItem() {
        long number = requested + 1;
        requested = number;
        // Those before it have been read.
        Integer read = unread.poll();
        if (read != null) {
            release(read);
        }
        grant(window.requestItem());
    }

    @Override
    void result(Event event) {
        EncodedValue list = EncodedValue.ofResult(event, method(), mapper);
        MsgpackType type = list.type();
        // Node ends a stream without items as it ends a call without a result: with nil.
        if (type != MsgpackType.ARRAY && type != MsgpackType.NIL && !listener().acceptsValue()) {
            throw new ProtocolException(method() + " returned neither a stream nor a list but a value of type " + type);
        }
        complete(list);
    }

    @Override
    void item(Event event) {
        received++;
        if (received - requested > maxUnread) {
            fail(new ProtocolException("the peer sends more items of " + method() + " than it was granted"));
        } else if (hold(event.bytes().length)) {
            unread.add(event.bytes().length);
            listener().onItem(EncodedValue.ofItem(event, mapper));
        }
    }

    @Override
    void streamDone() {
        end();
    }

    @Override
    ConnectionLostException lost(String method, String reason) {
        return new ConnectionLostException(reason + "; the stream of " + method + " is incomplete");
    }
}
