package dev.parley.jsonrpc.session;

import dev.parley.ClientRequest;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Ids;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResponseListener;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Encodes calls under ids of its own, which count from 1. Thread-safe. */
public final class OutgoingWriter {
    private final RequestWriter writer;
    private final AtomicLong ids = new AtomicLong();

    /** A writer of requests in this form. */
    public OutgoingWriter(RequestWriter writer) {
        this.writer = writer;
    }

    /** The form of the requests. */
    public RequestWriter requests() {
        return writer;
    }

    /**
     * One call.
     *
     * @throws dev.parley.SerializationException if an argument cannot be encoded
     */
    public Outgoing single(ClientCall call, ResponseListener listener) {
        Long id = id(call);
        byte[] message = writer.write(call, id, null);
        return new Outgoing(message, List.of(part(id, call, listener)), false);
    }

    /** Several calls in one message. One that cannot be encoded fails alone and is left out. */
    public Outgoing batch(List<ClientCall> calls, List<ResponseListener> listeners) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Outgoing.Part> parts = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            ClientCall call = calls.get(i);
            try {
                Long id = id(call);
                byte[] request = writer.write(call, id, null);
                out.write(parts.isEmpty() ? '[' : ',');
                out.writeBytes(request);
                parts.add(part(id, call, listeners.get(i)));
            } catch (RpcException e) {
                listeners.get(i).onFailure(e);
            }
        }
        if (!parts.isEmpty()) {
            out.write(']');
        }
        return new Outgoing(out.toByteArray(), List.copyOf(parts), true);
    }

    private @Nullable Long id(ClientCall call) {
        return call.kind() == ClientRequest.Kind.CAST ? null : ids.incrementAndGet();
    }

    private static Outgoing.Part part(@Nullable Long id, ClientCall call, ResponseListener listener) {
        return new Outgoing.Part(id == null ? Ids.NONE : id, call, listener);
    }
}
