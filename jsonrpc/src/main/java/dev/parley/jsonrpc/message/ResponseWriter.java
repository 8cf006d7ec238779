package dev.parley.jsonrpc.message;

import dev.parley.RpcException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectWriter;

/** Writes responses. Thread-safe. */
public final class ResponseWriter {
    private final ObjectMapper mapper;
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    public ResponseWriter(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * A result.
     *
     * @throws JacksonException if the value cannot be encoded
     */
    public byte[] result(Request request, @Nullable Object value, Type type) {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator generator = open(out, request)) {
            generator.writeName("result");
            // What a generic type says of its arguments the value's class has lost; any other value tells its type
            // itself.
            if (type instanceof ParameterizedType) {
                writers.computeIfAbsent(type, t -> mapper.writerFor(mapper.constructType(t)))
                        .writeValue(generator, value);
            } else {
                mapper.writeValue(generator, value);
            }
            if (request.version1()) {
                generator.writeNullProperty("error");
            }
            generator.writeEndObject();
        }
        return out.toByteArray();
    }

    public byte[] error(Request request, RpcException error) {
        int code = JsonRpcErrors.code(error);
        String message = JsonRpcErrors.message(error);
        try {
            return error(request, code, message, JsonRpcErrors.data(error));
        } catch (JacksonException e) {
            return error(request, code, message + " (its data cannot be encoded)", null);
        }
    }

    public byte[] error(Request request, int code, String message, @Nullable Object data) {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator generator = open(out, request)) {
            if (request.version1()) {
                generator.writeNullProperty("result");
            }
            generator.writeObjectPropertyStart("error");
            generator.writeNumberProperty("code", code);
            generator.writeStringProperty("message", message);
            if (data != null) {
                generator.writeName("data");
                mapper.writeValue(generator, data);
            }
            generator.writeEndObject();
            generator.writeEndObject();
        }
        return out.toByteArray();
    }

    private JsonGenerator open(ByteArrayBuilder out, Request request) {
        JsonGenerator generator = mapper.createGenerator(out);
        generator.writeStartObject();
        if (!request.version1()) {
            generator.writeStringProperty("jsonrpc", "2.0");
        }
        generator.writeName("id");
        generator.writeRawValue(String.valueOf(request.responseId()));
        return generator;
    }
}
