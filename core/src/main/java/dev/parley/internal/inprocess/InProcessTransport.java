package dev.parley.internal.inprocess;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.ConnectionLostException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.spi.CallSource;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.spi.ValueErrors;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** The client side: hands calls to the server of its name, on the caller's thread. Thread-safe. */
final class InProcessTransport implements ClientTransport {
    private final String name;
    private final Address address;
    private final JsonMapper mapper;
    private final Set<InProcessCall> calls = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Served served;

    /** The server of the last call, and what this client is to it. */
    private record Served(InProcessListener server, CallSource source) {}

    InProcessTransport(String name, Address address, JsonMapper mapper) {
        this.name = name;
        this.address = address;
        this.mapper = mapper;
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return ArgumentStyle.EITHER;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public boolean detectsLostPeers() {
        return true;
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        byte[] arguments = encode(call);
        InProcessListener server = InProcessListener.named(name);
        if (server == null) {
            listener.onFailure(new ConnectionLostException("no server listens on " + address));
            return StartedCall.NONE;
        }
        InProcessCall started = new InProcessCall(call, arguments, server, this, listener);
        calls.add(started);
        if (call.kind() == dev.parley.ClientRequest.Kind.CAST) {
            listener.onSent();
        }
        server.serve(started, source(server));
        return started;
    }

    /** Threads that make the very first calls at once may get different sources, of which one stays. */
    private CallSource source(InProcessListener server) {
        Served known = served;
        if (known == null || known.server() != server) {
            known = new Served(server, server.source());
            served = known;
        }
        return known.source();
    }

    private byte[] encode(ClientCall call) {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator generator = mapper.createGenerator(out)) {
            // Each one is a document of its own, by its own type: inside a list it would have none.
            switch (call.args()) {
                case Args.Positional positional -> {
                    generator.writeStartArray();
                    positional.values().forEach(value -> mapper.writeValue(generator, value));
                    generator.writeEndArray();
                }
                case Args.Named named -> {
                    generator.writeStartObject();
                    named.values().forEach((name, value) -> {
                        generator.writeName(name);
                        mapper.writeValue(generator, value);
                    });
                    generator.writeEndObject();
                }
            }
        } catch (JacksonException e) {
            throw new SerializationException(
                    "an argument of " + call.qualifiedMethod() + " cannot be encoded: " + ValueErrors.text(e), e);
        }
        return out.toByteArray();
    }

    /** A call is over. */
    void over(InProcessCall call) {
        calls.remove(call);
    }

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        InProcessListener server = InProcessListener.named(name);
        if (server == null) {
            throw new ConnectionLostException("no server listens on " + address);
        }
        return server.dispatcher().visibleTo(null).describe();
    }

    @Override
    public void close() {
        for (InProcessCall call : calls) {
            call.lost();
        }
    }
}
