package dev.parley.spi;

import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.internal.ValueTypes;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/** Reads results as the types that callers ask for, with one cached reader per type. Thread-safe. */
public final class ResultReaders {
    private final ObjectMapper mapper;
    private final ConcurrentMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();

    /** Readers of this mapper. */
    public ResultReaders(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Reads one value.
     *
     * @param parser on the value's first token, or just before it
     * @throws SerializationException if the value is not of the type
     */
    public @Nullable Object read(JsonParser parser, ClientCall call) {
        try {
            JsonToken token = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
            if (call.resultType() == void.class || call.resultType() == Void.class) {
                parser.skipChildren();
                return null;
            }
            if (token == JsonToken.VALUE_NULL || token == null) {
                return absent(call);
            }
            return reader(call.resultType()).readValue(parser);
        } catch (JacksonException e) {
            throw wrong(call, e);
        }
    }

    private ObjectReader reader(Type of) {
        return readers.computeIfAbsent(of, type -> mapper.readerFor(mapper.constructType(type)));
    }

    /** The value of a result that is null or missing: that of an optional type is empty, of any other null. */
    public @Nullable Object absent(ClientCall call) {
        if (call.resultType() instanceof Class<?> type && type.isPrimitive() && type != void.class) {
            throw new SerializationException("result of " + call.qualifiedMethod() + " is null, not of type " + type);
        }
        Class<?> raw = ValueTypes.raw(call.resultType());
        return raw == OptionalInt.class
                        || raw == OptionalLong.class
                        || raw == OptionalDouble.class
                        || raw == Optional.class
                ? mapper.convertValue(null, mapper.constructType(call.resultType()))
                : null;
    }

    private static RpcException wrong(ClientCall call, JacksonException e) {
        return new SerializationException(
                "result of " + call.qualifiedMethod() + " is not of type "
                        + call.resultType().getTypeName() + ": " + ValueErrors.text(e) + ValueErrors.hint(e),
                e);
    }
}
