package dev.parley.internal.server;

import dev.parley.Args;
import dev.parley.InvalidArgumentsException;
import dev.parley.RpcContext;
import dev.parley.Serializer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/** Decodes arguments whose types nobody has declared, for the handler of unknown methods. */
final class FallbackArguments {
    private FallbackArguments() {}

    /** The arguments by position or by name, as the caller sent them; none at all are positional. */
    static Args read(
            String method,
            @Nullable JsonParser parser,
            ObjectMapper mapper,
            @Nullable Serializer serializer,
            RpcContext context) {
        if (parser == null) {
            return Args.of();
        }
        ObjectReader reader = mapper.readerFor(Object.class);
        try {
            JsonToken start = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
            if (start == JsonToken.START_ARRAY) {
                List<@Nullable Object> values = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(parser, reader, serializer, context));
                }
                return Args.of(values.toArray());
            } else if (start == JsonToken.START_OBJECT) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    values.put(name, value(parser, reader, serializer, context));
                }
                return Args.named(values);
            } else if (start == JsonToken.VALUE_NULL || start == null) {
                return Args.of();
            }
            throw new InvalidArgumentsException(ArgumentErrors.notArguments(method, start));
        } catch (JacksonException e) {
            throw ArgumentErrors.malformed(method, e);
        }
    }

    private static @Nullable Object value(
            JsonParser parser, ObjectReader reader, @Nullable Serializer serializer, RpcContext context) {
        // A token of null makes a reader return its own null value; said here, so that no wire differs.
        Object value = parser.currentToken() == JsonToken.VALUE_NULL ? null : reader.readValue(parser);
        return serializer == null ? value : serializer.deserializeEntity(context.values(), value);
    }
}
