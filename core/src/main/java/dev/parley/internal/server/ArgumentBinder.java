package dev.parley.internal.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.Serializer;
import dev.parley.internal.ValueTypes;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/**
 * Reads the arguments of one method straight from a wire's parser into its parameter types. Holds one reader per parameter of one mapper. Thread-safe.
 */
final class ArgumentBinder {
    private final String method;
    private final List<MethodParameter> parameters;
    private final Map<String, Integer> positions = new HashMap<>();
    private final ObjectMapper mapper;
    private final ObjectReader[] readers;
    private final boolean variable;

    ArgumentBinder(String method, List<MethodParameter> parameters, ObjectMapper mapper) {
        this.method = method;
        this.parameters = parameters;
        this.mapper = mapper;
        this.readers = new ObjectReader[parameters.size()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = mapper.readerFor(mapper.constructType(parameters.get(i).type()));
            positions.put(parameters.get(i).name(), i);
        }
        this.variable = !parameters.isEmpty() && parameters.getLast().variable();
    }

    ObjectMapper mapper() {
        return mapper;
    }

    /**
     * The values of the parameters in order, defaults filled in.
     *
     * @param parser on or before the start of the arguments; {@code null} for none
     */
    @Nullable
    Object[] bind(@Nullable JsonParser parser, @Nullable Serializer serializer, Map<String, @Nullable Object> context) {
        @Nullable Object[] values = new Object[parameters.size()];
        boolean[] given = new boolean[values.length];
        if (parser != null) {
            int index = -1;
            try {
                JsonToken start = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
                if (start == JsonToken.START_ARRAY) {
                    List<@Nullable Object> rest = new ArrayList<>();
                    int count = 0;
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        index = Math.min(count, values.length - 1);
                        if (variable && index == values.length - 1) {
                            rest.add(value(parser, index, serializer, context));
                        } else if (count < values.length) {
                            values[index] = wrap(index, value(parser, index, serializer, context));
                            given[index] = true;
                        } else {
                            parser.skipChildren();
                        }
                        count++;
                    }
                    if (count > values.length && !variable) {
                        throw new InvalidArgumentsException(
                                signature() + " takes " + arguments(values.length) + ", " + count + " given");
                    }
                    if (variable) {
                        values[values.length - 1] = array(rest);
                        given[values.length - 1] = true;
                    }
                    index = -1;
                    complete(values, given, count);
                    return values;
                } else if (start == JsonToken.START_OBJECT) {
                    while (parser.nextToken() != JsonToken.END_OBJECT) {
                        String name = parser.currentName();
                        Integer position = positions.get(name);
                        if (position == null) {
                            throw new InvalidArgumentsException(signature() + " has no parameter '" + name + "'");
                        }
                        index = position;
                        parser.nextToken();
                        values[index] = parameters.get(index).variable()
                                ? variableValue(parser, index, serializer, context)
                                : wrap(index, value(parser, index, serializer, context));
                        given[index] = true;
                    }
                    index = -1;
                } else if (start != JsonToken.VALUE_NULL && start != null) {
                    throw new InvalidArgumentsException(
                            "arguments of " + method + " must be an array or an object, not " + describe(start));
                }
            } catch (JacksonException e) {
                throw unreadable(e, index, parser.currentToken());
            }
        }
        complete(values, given, -1);
        return values;
    }

    private @Nullable Object value(
            JsonParser parser, int index, @Nullable Serializer serializer, Map<String, @Nullable Object> context) {
        if (serializer == null) {
            return read(parser, index);
        }
        Object entity = serializer.deserializeEntity(
                context, mapper.readerFor(Object.class).readValue(parser));
        Class<?> raw = ValueTypes.raw(parameters.get(index).type());
        return entity == null || raw.isInstance(entity)
                ? entity
                : mapper.convertValue(
                        entity, mapper.constructType(parameters.get(index).type()));
    }

    private @Nullable Object read(JsonParser parser, int index) {
        Object type = parameters.get(index).type();
        // The common scalars need no deserializer look-up.
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

    private Object variableValue(
            JsonParser parser, int index, @Nullable Serializer serializer, Map<String, @Nullable Object> context) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new InvalidArgumentsException(
                    "argument '" + parameters.get(index).name() + "' of " + method + " must be an array, not "
                            + describe(parser.currentToken()));
        }
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser, index, serializer, context));
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

    private void complete(@Nullable Object[] values, boolean[] given, int count) {
        for (int i = 0; i < values.length; i++) {
            if (given[i]) {
                continue;
            }
            MethodParameter parameter = parameters.get(i);
            if (parameter.optional()) {
                values[i] = Optional.empty();
            } else if (parameter.variable()) {
                values[i] = array(List.of());
            } else if (parameter.defaultJson() != null) {
                values[i] = defaultValue(parameter);
            } else {
                throw new InvalidArgumentsException(
                        count < 0
                                ? signature() + " misses argument '" + parameter.name() + "'"
                                : signature() + " takes " + arguments(required()) + ", " + count + " given");
            }
        }
    }

    private @Nullable Object defaultValue(MethodParameter parameter) {
        return Defaults.read(parameter);
    }

    private int required() {
        return (int) parameters.stream().filter(MethodParameter::required).count();
    }

    private String arguments(int count) {
        String number = parameters.stream().anyMatch(parameter -> !parameter.required())
                ? (count == parameters.size() ? "at most " : "at least ") + count
                : Integer.toString(count);
        return number + (count == 1 ? " argument" : " arguments");
    }

    private String signature() {
        return method
                + parameters.stream()
                        .map(parameter -> parameter.describe().toString())
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private RpcException unreadable(JacksonException e, int index, @Nullable JsonToken token) {
        if (e instanceof StreamConstraintsException) {
            return new ProtocolException("arguments of " + method + " are over a limit: " + e.getOriginalMessage(), e);
        } else if (index < 0 || (e instanceof StreamReadException && !isNumberRange(e))) {
            return new ProtocolException("arguments of " + method + " cannot be parsed: " + e.getOriginalMessage(), e);
        }
        MethodParameter parameter = parameters.get(index);
        // A number may be a number and yet not fit, and a value inside an array or object may be to blame: then Jackson
        // tells more.
        boolean plain = token != null
                && token.isScalarValue()
                && !token.isNumeric()
                && e instanceof DatabindException databind
                && databind.getPath().isEmpty();
        return new InvalidArgumentsException(
                "argument '" + parameter.name() + "' of " + method + " must be of type "
                        + ValueTypes.of(parameter.type())
                        + (plain ? ", not " + describe(Objects.requireNonNull(token)) : ": " + e.getOriginalMessage()),
                e);
    }

    private static boolean isNumberRange(JacksonException e) {
        return e instanceof tools.jackson.core.exc.InputCoercionException;
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> "another value";
        };
    }
}
