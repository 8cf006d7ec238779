package dev.parley.jsonrpc.openrpc;

import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Reads the OpenRPC document of any server; what is missing or odd in it is left out. References within the document
 * are followed, others are not. Immutable.
 */
public final class OpenRpcReader {
    /** References and alternatives are followed this far; a document in a circle ends there. */
    private static final int MAX_DEPTH = 16;

    private final JsonNode document;

    private OpenRpcReader(JsonNode document) {
        this.document = document;
    }

    /** The service that a document describes. */
    public static ServiceDescription read(JsonNode document) {
        OpenRpcReader reader = new OpenRpcReader(document);
        List<Method> methods = new ArrayList<>();
        for (JsonNode method : document.path("methods")) {
            methods.add(reader.method(reader.resolve(method)));
        }
        methods.sort(Comparator.comparing(Method::name));
        return new ServiceDescription(document.path("info").path("title").asString("JSON-RPC service"), methods);
    }

    private Method method(JsonNode method) {
        List<Parameter> parameters = new ArrayList<>();
        for (JsonNode parameter : method.path("params")) {
            parameters.add(parameter(resolve(parameter)));
        }
        JsonNode result = resolve(method.path("result"));
        return new Method(
                method.path("name").asString("?"),
                null,
                null,
                parameters,
                type(result.path("schema"), 0),
                doc(method),
                doc(result),
                method.path("deprecated").asBoolean(false));
    }

    private Parameter parameter(JsonNode parameter) {
        JsonNode schema = resolve(parameter.path("schema"));
        JsonNode value = schema.path("default");
        boolean variable = parameter.path("x-variable").asBoolean(false);
        return new Parameter(
                parameter.path("name").asString("?"),
                type(variable && schema.path("type").asString("").equals("array") ? schema.path("items") : schema, 0),
                parameter.path("required").asBoolean(false),
                value.isMissingNode() ? null : value.toString(),
                variable,
                parameter.path("x-remaining").asBoolean(false),
                doc(parameter));
    }

    private static @Nullable String doc(JsonNode node) {
        String text = node.path("description").asString("");
        String shown = text.isBlank() ? node.path("summary").asString("") : text;
        return shown.isBlank() ? null : shown.strip();
    }

    /** What a reference refers to, or the node itself. */
    private JsonNode resolve(JsonNode node) {
        JsonNode found = node;
        for (int i = 0; i < MAX_DEPTH && found.path("$ref").isString(); i++) {
            String reference = found.path("$ref").asString();
            if (!reference.startsWith("#/")) {
                break;
            }
            try {
                found = document.at(
                        JsonPointer.compile(URLDecoder.decode(reference.substring(1), StandardCharsets.UTF_8)));
            } catch (IllegalArgumentException e) {
                break;
            }
        }
        return found;
    }

    /** The type of a schema; {@code null} if it is missing, or its type is unknown. */
    private @Nullable ValueType type(JsonNode given, int depth) {
        JsonNode schema = resolve(given);
        if (schema.isMissingNode() || depth > MAX_DEPTH) {
            return null;
        }
        String format = schema.path("format").asString("");
        if (schema.path("contentEncoding").asString("").equals("base64")
                || format.equals("byte")
                || format.equals("binary")) {
            return ValueType.BINARY;
        } else if (format.equals("date-time")) {
            return ValueType.DATETIME;
        }
        JsonNode type = schema.path("type");
        if (type.isString()) {
            return named(type.asString());
        } else if (type.isArray()) {
            Set<ValueType> types = EnumSet.noneOf(ValueType.class);
            type.forEach(one -> add(types, named(one.asString(""))));
            return common(types);
        }
        for (String member : List.of("allOf", "oneOf", "anyOf")) {
            if (schema.path(member).isArray()) {
                Set<ValueType> types = EnumSet.noneOf(ValueType.class);
                for (JsonNode option : schema.path(member)) {
                    add(types, type(option, depth + 1));
                }
                if (member.equals("allOf") && types.size() > 1) {
                    // Some of them restrict a value without a type of their own.
                    types.remove(ValueType.ANY);
                }
                return common(types);
            }
        }
        return untyped(schema);
    }

    /** The type that a schema without one implies. */
    private static ValueType untyped(JsonNode schema) {
        if (schema.has("properties") || schema.has("additionalProperties")) {
            return ValueType.OBJECT;
        } else if (schema.has("items")) {
            return ValueType.ARRAY;
        } else if (schema.has("pattern")) {
            return ValueType.STRING;
        }
        Set<ValueType> types = EnumSet.noneOf(ValueType.class);
        if (schema.has("const")) {
            types.add(typeOf(schema.path("const")));
        }
        schema.path("enum").forEach(value -> types.add(typeOf(value)));
        return common(types);
    }

    private static ValueType typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> ValueType.ARRAY;
            case OBJECT, POJO -> ValueType.OBJECT;
            case BOOLEAN -> ValueType.BOOLEAN;
            case NULL, MISSING -> ValueType.NULL;
            case NUMBER -> value.isIntegralNumber() ? ValueType.INTEGER : ValueType.NUMBER;
            case STRING -> ValueType.STRING;
            case BINARY -> ValueType.BINARY;
        };
    }

    private static void add(Set<ValueType> types, @Nullable ValueType type) {
        types.add(type == null ? ValueType.ANY : type);
    }

    /** The one type of all, null apart: whether null is accepted is not shown. */
    private static ValueType common(Set<ValueType> types) {
        Set<ValueType> others = EnumSet.noneOf(ValueType.class);
        others.addAll(types);
        if (others.size() > 1) {
            others.remove(ValueType.NULL);
        }
        return others.size() == 1 ? others.iterator().next() : ValueType.ANY;
    }

    private static @Nullable ValueType named(String name) {
        return switch (name) {
            case "null" -> ValueType.NULL;
            case "boolean" -> ValueType.BOOLEAN;
            case "integer" -> ValueType.INTEGER;
            case "number" -> ValueType.NUMBER;
            case "string" -> ValueType.STRING;
            case "array" -> ValueType.ARRAY;
            case "object" -> ValueType.OBJECT;
            case "any" -> ValueType.ANY;
            default -> null;
        };
    }
}
