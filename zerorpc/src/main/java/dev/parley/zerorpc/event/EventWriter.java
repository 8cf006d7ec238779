package dev.parley.zerorpc.event;

import dev.parley.InvalidArgumentsException;
import dev.parley.SerializationException;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectWriter;

/** Writes events and their values, with the mapper of one client or listener. Thread-safe. */
public final class EventWriter {
    private static final byte[] MESSAGE_ID = encoded(Event.MESSAGE_ID);
    private static final byte[] VERSION_3 = version3();
    private static final byte[] RESPONSE_TO = encoded(Event.RESPONSE_TO);
    private static final byte[] TIMEOUT = encoded(Event.TIMEOUT);

    private static final Set<String> OWN_KEYS =
            Set.of(Event.MESSAGE_ID, Event.VERSION, Event.RESPONSE_TO, Event.TIMEOUT);

    private final MessageIds ids = new MessageIds();
    private final ObjectMapper mapper;
    private final ObjectWriter writer;
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    /** A writer whose values are written by this mapper of MessagePack. */
    public EventWriter(ObjectMapper mapper) {
        this.mapper = mapper;
        this.writer = mapper.writer();
    }

    private static byte[] encoded(String text) {
        MsgpackBuffer out = new MsgpackBuffer(16);
        out.writeString(text);
        return out.toByteArray();
    }

    private static byte[] version3() {
        MsgpackBuffer out = new MsgpackBuffer(4);
        out.writeString(Event.VERSION);
        out.writeLong(3);
        return out.toByteArray();
    }

    /** A new id for a request. */
    public MessageId nextId() {
        return ids.next();
    }

    /**
     * Starts the event that opens a channel; its arguments must follow.
     *
     * @param context further header keys
     * @param timeoutMillis for how long the caller waits; 0 to leave it out
     * @throws InvalidArgumentsException if the context has a key of zerorpc's own header, or {@value Event#TIMEOUT}
     * @throws SerializationException if a value of the context cannot be encoded
     */
    public MsgpackBuffer request(
            MessageId id, Map<String, ? extends @Nullable Object> context, long timeoutMillis, String name) {
        MsgpackBuffer out = new MsgpackBuffer();
        out.writeArrayHeader(3);
        out.writeMapHeader(2 + context.size() + (timeoutMillis > 0 ? 1 : 0));
        out.write(MESSAGE_ID, 0, MESSAGE_ID.length);
        id.writeTo(out);
        out.write(VERSION_3, 0, VERSION_3.length);
        if (timeoutMillis > 0) {
            out.write(TIMEOUT, 0, TIMEOUT.length);
            out.writeLong(timeoutMillis);
        }
        context.forEach((key, value) -> {
            if (OWN_KEYS.contains(key)) {
                throw new InvalidArgumentsException(
                        "'" + key + "' in the context: the header of a call uses that name");
            }
            out.writeString(key);
            value(out, value, "context entry '" + key + "'");
        });
        out.writeString(name);
        return out;
    }

    /** Starts an event of a channel; its arguments must follow. */
    public MsgpackBuffer event(MessageId channel, String name) {
        MsgpackBuffer out = header(channel, 0);
        out.writeString(name);
        return out;
    }

    /**
     * Starts an ERR event; its arguments must follow.
     *
     * @param className what the header says under {@value Errors#CLASS}; {@code null} to leave it out
     * @param code what the header says under {@value Errors#CODE}; {@code null} to leave it out
     */
    MsgpackBuffer error(MessageId channel, @Nullable String className, @Nullable Integer code) {
        MsgpackBuffer out = header(channel, (className == null ? 0 : 1) + (code == null ? 0 : 1));
        if (className != null) {
            out.writeString(Errors.CLASS);
            out.writeString(className);
        }
        if (code != null) {
            out.writeString(Errors.CODE);
            out.writeLong(code);
        }
        out.writeString(Event.ERR);
        return out;
    }

    private MsgpackBuffer header(MessageId channel, int extraKeys) {
        MsgpackBuffer out = new MsgpackBuffer();
        out.writeArrayHeader(3);
        out.writeMapHeader(3 + extraKeys);
        out.write(MESSAGE_ID, 0, MESSAGE_ID.length);
        byte[] id = ids.nextEncoded();
        out.write(id, 0, id.length);
        out.write(VERSION_3, 0, VERSION_3.length);
        out.write(RESPONSE_TO, 0, RESPONSE_TO.length);
        channel.writeTo(out);
        return out;
    }

    /**
     * Writes a value, by its own type.
     *
     * @param what names the value in an error
     * @throws SerializationException if it cannot be encoded
     */
    public void value(MsgpackBuffer out, @Nullable Object value, String what) {
        try {
            writer.writeValue(out, value);
        } catch (JacksonException e) {
            throw unencodable(what, e);
        }
    }

    /**
     * Writes an argument, by the type of the value.
     *
     * @param number its position, 1 for the first
     * @throws SerializationException if it cannot be encoded
     */
    public void argument(MsgpackBuffer out, @Nullable Object value, int number, String method) {
        try {
            writer.writeValue(out, value);
        } catch (JacksonException e) {
            // The text is made only here, since this runs for every argument.
            throw unencodable("argument " + number + " of " + method, e);
        }
    }

    /**
     * Writes a result, by its declared type.
     *
     * @throws SerializationException if it cannot be encoded
     */
    public void result(MsgpackBuffer out, @Nullable Object value, Type type, String method) {
        boolean plain = value == null || type == Object.class || type == void.class || type == Void.class;
        try {
            if (plain) {
                writer.writeValue(out, value);
            } else {
                writers.computeIfAbsent(type, declared -> mapper.writerFor(mapper.constructType(declared)))
                        .writeValue(out, value);
            }
        } catch (JacksonException e) {
            throw unencodable("the result of " + method, e);
        }
    }

    private static SerializationException unencodable(String what, JacksonException e) {
        return new SerializationException(what + " cannot be encoded: " + e.getOriginalMessage(), e);
    }
}
