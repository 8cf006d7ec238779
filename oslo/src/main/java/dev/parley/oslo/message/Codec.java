package dev.parley.oslo.message;

import dev.parley.Args;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.Target;
import dev.parley.oslo.OsloCallOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.format.IsolatedJsonFactory;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes messages of oslo.messaging: the request or reply as JSON, and that text as a string in an envelope. Safe for
 * use by any thread.
 *
 * <p>As Python's JSON does, it reads and writes the bare words NaN and Infinity.
 */
public final class Codec {
    private static final long SUMMARY_FACTOR = 8;
    /** Python's {@code str(datetime.utcnow())}. */
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final JsonMapper mapper;
    private final int maxBytes;
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    /** A codec with the mapper and the limits of a value mapping. */
    public Codec(ValueMapping values) {
        mapper = values.mapper(JsonMapper.builder(new IsolatedJsonFactory(JsonFactory.builder()
                .streamReadConstraints(values.readConstraints())
                .streamWriteConstraints(values.writeConstraints())
                .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS))));
        maxBytes = values.limits().messageBytes();
    }

    /** A time as Python's {@code str(datetime)} has it, in UTC. */
    public static String timestamp(Instant time) {
        return TIMESTAMP.format(time);
    }

    /** The JSON mapper for arguments and results. */
    public JsonMapper mapper() {
        return mapper;
    }

    /** The JSON text of the message in an AMQP body. */
    public char[] open(Content content) {
        return Envelope.open(content, mapper, maxBytes);
    }

    /** What can be read of a message that {@link #open} or a parser refuses, in up to eight times the limit. */
    public MessageSummary summary(Content content) {
        return MessageSummary.read(content, SUMMARY_FACTOR * maxBytes);
    }

    /** Whether {@link #open} or a parser has refused a message because it exceeds a limit, rather than as malformed. */
    public static boolean exceedsLimit(RpcException error) {
        return error.getCause() instanceof StreamConstraintsException;
    }

    /**
     * A request: a call if there are a message id and a reply queue, otherwise a cast.
     *
     * @param window how many items of a stream the server may send ahead of its reader, 0 if no stream is wanted
     * @throws SerializationException if an argument or the context cannot be encoded
     */
    public byte[] request(ClientCall call, @Nullable String msgId, @Nullable String replyQueue, int window) {
        Target target = call.target();
        try {
            return message(json -> {
                json.writeStringProperty("method", call.method());
                json.writeObjectPropertyStart("args");
                ((Args.Named) call.args()).values().forEach((name, value) -> property(json, name, value));
                json.writeEndObject();
                if (target.namespace() != null) {
                    json.writeStringProperty("namespace", target.namespace());
                }
                if (target.version() != null) {
                    json.writeStringProperty("version", target.version());
                }
                if (msgId != null && replyQueue != null) {
                    json.writeStringProperty("_msg_id", msgId);
                    json.writeStringProperty("_reply_q", replyQueue);
                    json.writeName("_timeout");
                    Duration monitor = call.options().get(OsloCallOptions.MONITOR_TIMEOUT);
                    if (monitor == null) {
                        json.writeNull();
                    } else {
                        json.writeNumber(monitor.toSeconds());
                    }
                }
                json.writeStringProperty("_unique_id", MessageIds.unique());
                if (window > 0) {
                    json.writeNumberProperty("_window", window);
                }
                call.context().forEach((name, value) -> property(json, "_context_" + name, value));
            });
        } catch (JacksonException e) {
            throw new SerializationException(
                    "the arguments or the context of " + call.qualifiedMethod() + " cannot be encoded: "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    /**
     * A reply.
     *
     * @param type the declared type of the value
     * @param failure the JSON text of the failure, {@code null} if there is none
     * @param ending whether it is the last reply of the call
     * @throws SerializationException if the value cannot be encoded
     */
    public byte[] reply(String msgId, @Nullable Object value, Type type, @Nullable String failure, boolean ending) {
        return reply(msgId, value, type, failure, ending, null, -1);
    }

    /** An item of a stream. */
    public byte[] item(String msgId, @Nullable Object value, String creditQueue) {
        return reply(msgId, value, Object.class, null, false, creditQueue, -1);
    }

    /** The end of a stream with this number of items. */
    public byte[] ending(String msgId, int items) {
        return reply(msgId, null, Object.class, null, true, null, items);
    }

    /** Credit for more items of a stream; 0 cancels it. */
    public byte[] credit(String msgId, int items) {
        return message(json -> {
            json.writeStringProperty("_msg_id", msgId);
            json.writeNumberProperty("_credit", items);
        });
    }

    /**
     * A notification. Two calls with the same content differ in the id of the message.
     *
     * @throws SerializationException if the payload or the context cannot be encoded
     */
    public byte[] notification(NotificationContent content, NotificationFormat format) {
        try {
            byte[] json = json(members -> {
                members.writeStringProperty("message_id", content.messageId());
                members.writeStringProperty("publisher_id", content.publisherId());
                members.writeStringProperty("event_type", content.eventType());
                members.writeStringProperty("priority", content.priority());
                members.writeName("payload");
                if (content.payload() == null) {
                    members.writeNull();
                } else {
                    writer(content.payloadType()).writeValue(members, content.payload());
                }
                members.writeStringProperty("timestamp", timestamp(content.timestamp()));
                members.writeStringProperty("_unique_id", MessageIds.unique());
                if (format == NotificationFormat.KAFKA) {
                    members.writePOJOProperty("_context", content.context());
                } else {
                    content.context().forEach((name, value) -> property(members, "_context_" + name, value));
                }
            });
            return checked(format == NotificationFormat.BARE ? json : Envelope.seal(json));
        } catch (JacksonException e) {
            throw new SerializationException(
                    "notification " + content.eventType() + " cannot be encoded: " + e.getOriginalMessage(), e);
        }
    }

    private byte[] reply(
            String msgId,
            @Nullable Object value,
            Type type,
            @Nullable String failure,
            boolean ending,
            @Nullable String creditQueue,
            int items) {
        try {
            return message(json -> {
                json.writeName("result");
                if (value == null) {
                    json.writeNull();
                } else {
                    writer(type).writeValue(json, value);
                }
                json.writeStringProperty("failure", failure);
                json.writeBooleanProperty("ending", ending);
                json.writeStringProperty("_msg_id", msgId);
                json.writeStringProperty("_unique_id", MessageIds.unique());
                if (creditQueue != null) {
                    json.writeStringProperty("_credit_q", creditQueue);
                }
                if (items >= 0) {
                    json.writeNumberProperty("_items", items);
                }
            });
        } catch (JacksonException e) {
            throw new SerializationException("the result cannot be encoded: " + e.getOriginalMessage(), e);
        }
    }

    /** A separate JSON text, for a failure. */
    String text(Map<String, ? extends @Nullable Object> values) {
        return mapper.writeValueAsString(values);
    }

    private void property(JsonGenerator json, String name, @Nullable Object value) {
        json.writeName(name);
        if (value instanceof String text) {
            json.writeString(text);
        } else {
            json.writePOJO(value);
        }
    }

    private ObjectWriter writer(Type type) {
        return writers.computeIfAbsent(
                type, key -> key == Object.class ? mapper.writer() : mapper.writerFor(mapper.constructType(key)));
    }

    private byte[] message(Consumer<JsonGenerator> members) {
        return checked(Envelope.seal(json(members)));
    }

    private byte[] json(Consumer<JsonGenerator> members) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(512);
        try (JsonGenerator json = mapper.createGenerator(bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private byte[] checked(byte[] body) {
        if (body.length > maxBytes) {
            throw new SerializationException("a message of " + body.length + " bytes exceeds the limit of " + maxBytes);
        }
        return body;
    }

    /** The error of a message that is not valid JSON, or not as the protocol requires. */
    static RpcException malformed(JacksonException e) {
        return new ProtocolException("the message is not a valid oslo.messaging message: " + e.getOriginalMessage(), e);
    }
}
