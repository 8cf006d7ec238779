package dev.parley.internal.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.RpcContext;
import dev.parley.Serializer;
import dev.parley.internal.ValueTypes;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/**
 * Decodes the arguments of one method straight from a wire's parser into its parameter types. Holds one reader per
 * parameter, all of one mapper. Immutable and thread-safe.
 */
final class ArgumentBinder {
    private final String method;
    private final List<MethodParameter> parameters;
    private final Map<String, Integer> positions = new HashMap<>();
    private final ObjectMapper mapper;
    private final ObjectReader[] readers;
    private final boolean variable;
    private final boolean remaining;

    ArgumentBinder(String method, List<MethodParameter> parameters, ObjectMapper mapper) {
        this.method = method;
        this.parameters = parameters;
        this.mapper = mapper;
        this.readers = new ObjectReader[parameters.size()];
        for (int i = 0; i < readers.length; i++) {
            MethodParameter parameter = parameters.get(i);
            readers[i] = mapper.readerFor(mapper.constructType(parameter.type()));
            if (!parameter.remaining()) {
                positions.put(parameter.name(), i);
            }
        }
        this.variable = !parameters.isEmpty() && parameters.getLast().variable();
        this.remaining = !parameters.isEmpty() && parameters.getLast().remaining();
    }

    ObjectMapper mapper() {
        return mapper;
    }

    /**
     * The values of the parameters in order, with defaults for those that are omitted.
     *
     * @param parser on or before the start of the arguments; {@code null} for none
     */
    @Nullable
    Object[] bind(@Nullable JsonParser parser, @Nullable Serializer serializer, RpcContext context) {
        @Nullable Object[] values = new Object[parameters.size()];
        boolean[] given = new boolean[values.length];
        if (parser == null) {
            complete(values, given, -1);
            return values;
        }
        try {
            JsonToken start = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
            if (start == JsonToken.START_ARRAY) {
                complete(values, given, positional(parser, serializer, context, values, given));
            } else if (start == JsonToken.START_OBJECT) {
                named(parser, serializer, context, values, given);
                complete(values, given, -1);
            } else if (start == JsonToken.VALUE_NULL || start == null) {
                complete(values, given, -1);
            } else {
                throw new InvalidArgumentsException(ArgumentErrors.notArguments(method, start));
            }
        } catch (JacksonException e) {
            throw ArgumentErrors.malformed(method, e);
        }
        return values;
    }

    private int positional(
            JsonParser parser,
            @Nullable Serializer serializer,
            RpcContext context,
            @Nullable Object[] values,
            boolean[] given) {
        int max = remaining ? values.length - 1 : values.length;
        int last = max - 1;
        List<@Nullable Object> rest = variable ? new ArrayList<>() : List.of();
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (variable && count >= last) {
                rest.add(value(parser, last, parameters.get(last).name(), serializer, context));
            } else if (count < max) {
                values[count] =
                        wrap(count, value(parser, count, parameters.get(count).name(), serializer, context));
                given[count] = true;
            } else {
                parser.skipChildren();
            }
            count++;
        }
        if (variable) {
            values[last] = array(rest);
            given[last] = true;
        } else if (count > max) {
            throw new InvalidArgumentsException(signature() + " takes " + arguments(max) + ", " + count + " given");
        }
        return count;
    }

    private void named(
            JsonParser parser,
            @Nullable Serializer serializer,
            RpcContext context,
            @Nullable Object[] values,
            boolean[] given) {
        Map<String, @Nullable Object> others = remaining ? new LinkedHashMap<>() : Map.of();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            Integer position = positions.get(name);
            if (position == null && !remaining) {
                throw new InvalidArgumentsException(signature() + " has no parameter '" + name + "'");
            }
            parser.nextToken();
            if (position == null) {
                others.put(name, value(parser, values.length - 1, name, serializer, context));
            } else {
                values[position] = parameters.get(position).variable()
                        ? variableValue(parser, position, serializer, context)
                        : wrap(position, value(parser, position, name, serializer, context));
                given[position] = true;
            }
        }
        if (remaining) {
            values[values.length - 1] = others;
            given[values.length - 1] = true;
        }
    }

    private @Nullable Object value(
            JsonParser parser, int index, String name, @Nullable Serializer serializer, RpcContext context) {
        try {
            return serializer == null ? read(parser, index) : entity(parser, index, serializer, context);
        } catch (JacksonException e) {
            throw ArgumentErrors.unreadable(method, name, parameters.get(index).type(), parser.currentToken(), e);
        }
    }

    private @Nullable Object entity(JsonParser parser, int index, Serializer serializer, RpcContext context) {
        Object entity = serializer.deserializeEntity(
                context.values(), mapper.readerFor(Object.class).readValue(parser));
        Class<?> raw = ValueTypes.raw(parameters.get(index).type());
        return entity == null || raw.isInstance(entity)
                ? entity
                : mapper.convertValue(
                        entity, mapper.constructType(parameters.get(index).type()));
    }

    private @Nullable Object read(JsonParser parser, int index) {
        Object type = parameters.get(index).type();
        // The most common scalars, without looking up a deserializer.
        if (type == String.class && parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getString();
        } else if (type == int.class && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return parser.getIntValue();
        }
        return readers[index].readValue(parser);
    }

    private @Nullable Object wrap(int index, @Nullable Object value) {
        return parameters.get(index).optional() ? Optional.ofNullable(value) : value;
    }

    private Object variableValue(JsonParser parser, int index, @Nullable Serializer serializer, RpcContext context) {
        String name = parameters.get(index).name();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new InvalidArgumentsException("argument '" + name + "' of " + method + " must be an array, not "
                    + ArgumentErrors.describe(parser.currentToken()));
        }
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser, index, name, serializer, context));
        }
        return array(items);
    }

    private Object array(List<@Nullable Object> items) {
        Object array = Array.newInstance(ValueTypes.raw(parameters.getLast().type()), items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(array, i, items.get(i));
        }
        return array;
    }

    /**
     * Fills in what the caller omitted.
     *
     * @param count the number of positional arguments, negative if they are named
     */
    private void complete(@Nullable Object[] values, boolean[] given, int count) {
        for (int i = 0; i < values.length; i++) {
            if (!given[i]) {
                values[i] = omitted(parameters.get(i), count);
            }
        }
    }

    private @Nullable Object omitted(MethodParameter parameter, int count) {
        if (parameter.defaultJson() != null) {
            return Defaults.read(parameter);
        }
        return switch (parameter.kind()) {
            case OPTIONAL -> Optional.empty();
            case VARIABLE -> array(List.of());
            case REMAINING -> new LinkedHashMap<String, @Nullable Object>();
            case SINGLE ->
                throw new InvalidArgumentsException(
                        count < 0
                                ? signature() + " is missing argument '" + parameter.name() + "'"
                                : signature() + " takes " + arguments(required()) + ", " + count + " given");
        };
    }

    private int required() {
        return (int) parameters.stream().filter(MethodParameter::required).count();
    }

    private String arguments(int count) {
        boolean fixed = parameters.stream().allMatch(parameter -> parameter.required() || parameter.remaining());
        return (fixed ? "" : count == required() ? "at least " : "at most ") + ArgumentBinder.count(count);
    }

    /** A number of arguments in words. */
    static String count(int arguments) {
        return arguments + (arguments == 1 ? " argument" : " arguments");
    }

    private String signature() {
        return method + signature(parameters);
    }

    /** Parameters in words, such as {@code (a: integer, b: integer)}. */
    static String signature(List<MethodParameter> parameters) {
        return parameters.stream()
                .map(parameter -> parameter.describe(null).toString())
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
