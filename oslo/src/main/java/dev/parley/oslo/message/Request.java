package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import dev.parley.oslo.topology.ShortString;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * A request that came in. Arguments and context stay as text until somebody asks for them. Thread-safe.
 *
 * <p>What the peer may leave out, and what it means then, is as a Python server has it: no version is 1.0, no arguments is none, no message id is a cast.
 */
public final class Request {
    private static final String CONTEXT = "_context_";
    private static final int WIDEST_WINDOW = 10_000;

    private final ObjectMapper mapper;
    private final Map<String, JsonSlice> contextSlices = new LinkedHashMap<>();
    private String method = "";
    private @Nullable JsonSlice args;
    private @Nullable String namespace;
    private String version = "1.0";
    private @Nullable String msgId;
    private @Nullable String replyQueue;
    private @Nullable String uniqueId;
    private int window;
    private boolean timeoutTold;
    private @Nullable Number timeout;

    private Request(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Reads a request.
     *
     * @throws ProtocolException if it is none
     */
    public static Request parse(char[] text, ObjectMapper mapper) {
        Request request = new Request(mapper);
        try (JsonParser json = mapper.createParser(text, 0, text.length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("the message is no JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                request.member(name, json.nextToken(), json, text);
            }
        } catch (JacksonException e) {
            throw Codec.malformed(e);
        }
        if (request.method.isEmpty()) {
            throw new ProtocolException("a request without a method");
        }
        return request;
    }

    private void member(String name, JsonToken token, JsonParser json, char[] text) {
        switch (name) {
            case "method" -> method = text(name, token, json, "");
            case "args" -> args = JsonSlice.of(text, json);
            case "namespace" -> namespace = string(name, token, json);
            case "version" -> version = text(name, token, json, "null");
            case "_msg_id" -> msgId = id(name, token, json);
            case "_reply_q" -> replyQueue = id(name, token, json);
            case "_unique_id" -> uniqueId = id(name, token, json);
            case "_timeout" -> {
                timeoutTold = true;
                timeout = token.isNumeric() ? json.getNumberValue() : null;
                json.skipChildren();
            }
            case "_window" -> {
                window = token == JsonToken.VALUE_NUMBER_INT ? Math.clamp(json.getValueAsInt(), 0, WIDEST_WINDOW) : 0;
                json.skipChildren();
            }
            case "_context_msg_id", "_context_reply_q" -> json.skipChildren();
            default -> {
                if (name.startsWith(CONTEXT)) {
                    contextSlices.put(name.substring(CONTEXT.length()), JsonSlice.of(text, json));
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private static String text(String name, JsonToken token, JsonParser json, String absent) {
        String value = string(name, token, json);
        return value == null ? absent : value;
    }

    private static @Nullable String string(String name, JsonToken token, JsonParser json) {
        return switch (token) {
            case VALUE_STRING -> json.getString();
            case VALUE_NULL -> null;
            default -> throw new ProtocolException("member '" + name + "' of a request must be a string");
        };
    }

    /** A queue's name, or what is kept to know a request again: no longer than AMQP has names. */
    private static @Nullable String id(String name, JsonToken token, JsonParser json) {
        String value = string(name, token, json);
        if (value != null && !ShortString.fits(value)) {
            throw new ProtocolException("member '" + name + "' of a request is over 255 bytes");
        }
        return value;
    }

    public String method() {
        return method;
    }

    @Nullable
    public String namespace() {
        return namespace;
    }

    public String version() {
        return version;
    }

    /** The id that the reply must carry, {@code null} if none is wanted. */
    @Nullable
    public String msgId() {
        return msgId;
    }

    /** Where the reply goes, {@code null} for nowhere. Before 2012 each call had a queue of its own, named by its message id. */
    @Nullable
    public String replyQueue() {
        return replyQueue == null && !timeoutTold ? msgId : replyQueue;
    }

    /** The id that tells duplicates. */
    @Nullable
    public String uniqueId() {
        return uniqueId;
    }

    /** Whether the caller knows of the call monitor at all. One that does not is older than 2015 and waits for two messages: the result, then the ending. */
    public boolean timeoutTold() {
        return timeoutTold;
    }

    /** The call monitor's timeout in seconds, {@code null} if the caller wants no signs of life. */
    @Nullable
    public Number timeout() {
        return timeout;
    }

    /** How many items of a stream the caller takes before it grants more, 0 if it wants a list; a word of Parley's own. */
    public int window() {
        return window;
    }

    /** A parser just before the arguments, {@code null} for none. */
    @Nullable
    public JsonParser arguments() {
        return args == null ? null : args.parser(mapper);
    }

    /** The caller's context, and the call monitor's timeout under {@code client_timeout} as in Python. */
    public Map<String, @Nullable Object> context() {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        contextSlices.forEach((name, slice) -> {
            try (JsonParser json = slice.parser(mapper)) {
                context.put(name, mapper.readValue(json, Object.class));
            } catch (JacksonException e) {
                throw Codec.malformed(e);
            }
        });
        context.put("client_timeout", timeout);
        return Collections.unmodifiableMap(context);
    }
}
