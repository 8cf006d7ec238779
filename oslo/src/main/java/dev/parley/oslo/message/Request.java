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
 * A request that was received. Arguments and context stay text until they are asked for. Immutable once {@link #parse}
 * has returned it, and then safe for use by any thread.
 *
 * <p>Members may be absent, with the same meaning as in a Python server: no version means 1.0, no arguments an empty
 * map, no message id a cast.
 */
public final class Request {
    private static final String CONTEXT = "_context_";
    private static final int MAX_WINDOW = 10_000;

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
    private boolean hasTimeout;
    private @Nullable Number timeout;

    private Request(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Reads a request.
     *
     * @throws ProtocolException if the message is malformed
     */
    public static Request parse(char[] text, ObjectMapper mapper) {
        Request request = new Request(mapper);
        try (JsonParser json = mapper.createParser(text, 0, text.length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("the message is not a JSON object");
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
                hasTimeout = true;
                timeout = token.isNumeric() ? json.getNumberValue() : null;
                json.skipChildren();
            }
            case "_window" -> {
                window = token == JsonToken.VALUE_NUMBER_INT ? Math.clamp(json.getValueAsInt(), 0, MAX_WINDOW) : 0;
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

    /** The name of a queue or an id that is remembered: at most as long as a name in AMQP. */
    private static @Nullable String id(String name, JsonToken token, JsonParser json) {
        String value = string(name, token, json);
        if (value != null && !ShortString.fits(value)) {
            throw new ProtocolException("member '" + name + "' of a request exceeds 255 bytes");
        }
        return value;
    }

    /** The name of the method. */
    public String method() {
        return method;
    }

    /** The namespace of the endpoint, {@code null} for the default one. */
    @Nullable
    public String namespace() {
        return namespace;
    }

    /** The version that the caller asks for. */
    public String version() {
        return version;
    }

    /** The id that the reply must carry, {@code null} if no reply is wanted. */
    @Nullable
    public String msgId() {
        return msgId;
    }

    /**
     * The queue for the reply, {@code null} if there is none. Before 2012 each call had a queue of its own, named like
     * its message id.
     */
    @Nullable
    public String replyQueue() {
        return replyQueue == null && !hasTimeout ? msgId : replyQueue;
    }

    /** The id by which a duplicate is recognized, {@code null} if the peer sends none. */
    @Nullable
    public String uniqueId() {
        return uniqueId;
    }

    /**
     * Whether the request has a {@code _timeout}, be it null. A caller without one is from before 2018 and waits for
     * two messages: the result, then the ending.
     */
    public boolean hasTimeout() {
        return hasTimeout;
    }

    /** The call monitor's timeout in seconds, {@code null} if the caller wants no heartbeats. */
    @Nullable
    public Number timeout() {
        return timeout;
    }

    /**
     * How many items of a stream the server may send ahead of the reader, 0 if the caller wants a list. A member of
     * Parley's own.
     */
    public int window() {
        return window;
    }

    /** A new parser, positioned before the arguments; {@code null} if there are none. */
    @Nullable
    public JsonParser arguments() {
        return args == null ? null : args.parser(mapper);
    }

    /** How many characters of JSON the arguments have at most, 0 if there are none. */
    public int argumentsLength() {
        return args == null ? 0 : args.length();
    }

    /**
     * The caller's context, and the timeout of the call monitor under {@code client_timeout} as in Python.
     *
     * @throws ProtocolException if a value is malformed
     */
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
