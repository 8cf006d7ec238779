package dev.parley.jsonrpc.openrpc;

import dev.parley.RpcException;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.jsonrpc.message.JsonRpcErrors;
import dev.parley.jsonrpc.openrpc.Component.Use;
import dev.parley.spi.ErrorCodes;
import dev.parley.spi.ServedMethod;
import dev.parley.spi.ServedMethod.Failure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;

/**
 * Writes the OpenRPC document of a service. The same methods make the same document. Overloads become one method, whose
 * parameters accept what any of them does, since OpenRPC has one method of a name. Confined to one document.
 */
public final class OpenRpcWriter {
    private static final String VERSION = "1.3.2";
    private static final List<Class<?>> STREAMS = List.of(BaseStream.class, Iterator.class, Flow.Publisher.class);

    private final ObjectMapper mapper;
    private final Schemas schemas;

    private OpenRpcWriter(ObjectMapper mapper) {
        this.mapper = mapper;
        this.schemas = new Schemas(mapper);
    }

    /**
     * The document.
     *
     * @param name the name of the service
     * @param methods its methods, sorted by name
     * @param mapper reads its parameters and writes its results
     */
    public static Map<String, Object> document(String name, List<ServedMethod> methods, ObjectMapper mapper) {
        return new OpenRpcWriter(mapper).document(name, methods);
    }

    private Map<String, Object> document(String name, List<ServedMethod> methods) {
        Map<String, List<ServedMethod>> byName = methods.stream()
                .collect(Collectors.groupingBy(
                        method -> method.description().qualifiedName(), LinkedHashMap::new, Collectors.toList()));
        List<Object> described = new ArrayList<>();
        byName.values().forEach(overloads -> described.add(method(overloads)));
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("title", name);
        info.put("version", version(methods));
        Components.Named named = schemas.components().named();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openrpc", VERSION);
        document.put("info", info);
        document.put("methods", named.resolve(described));
        if (!named.schemas().isEmpty()) {
            document.put("components", Map.of("schemas", named.schemas()));
        }
        return document;
    }

    private static String version(List<ServedMethod> methods) {
        return methods.stream()
                .map(method -> method.description().version())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("1.0");
    }

    private Map<String, Object> method(List<ServedMethod> overloads) {
        Method first = overloads.getFirst().description();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", first.qualifiedName());
        String doc = overloads.stream()
                .map(one -> one.description().doc())
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining("\n\n"));
        if (!doc.isEmpty()) {
            out.put("description", doc);
        }
        if (overloads.stream().allMatch(one -> one.description().deprecated())) {
            out.put("deprecated", true);
        }
        out.put("paramStructure", structure(overloads));
        out.put("params", overloads.size() == 1 ? parameters(overloads.getFirst()) : parameters(overloads));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "result");
        if (first.resultDoc() != null) {
            result.put("description", first.resultDoc());
        }
        result.put("schema", any(overloads.stream().map(this::result).toList()));
        out.put("result", result);
        List<Object> errors = errors(overloads);
        if (!errors.isEmpty()) {
            out.put("errors", errors);
        }
        return out;
    }

    /** Names differ between overloads, and only by name is an array the value of a parameter that takes the rest. */
    private static String structure(List<ServedMethod> overloads) {
        if (overloads.size() > 1) {
            return "by-position";
        }
        return parametersOf(overloads.getFirst()).stream().anyMatch(one -> one.variable() || one.remaining())
                ? "by-name"
                : "either";
    }

    private static List<Parameter> parametersOf(ServedMethod method) {
        return Objects.requireNonNullElse(method.description().parameters(), List.of());
    }

    private List<Object> parameters(ServedMethod method) {
        List<Object> out = new ArrayList<>();
        List<Parameter> parameters = parametersOf(method);
        for (int i = 0; i < parameters.size(); i++) {
            Map<String, Object> schema = schema(method, i);
            out.add(parameter(parameters.get(i), schema, parameters.get(i).required()));
        }
        return out;
    }

    /** The parameters of overloads by position, each of any of their types. */
    private List<Object> parameters(List<ServedMethod> overloads) {
        List<Object> out = new ArrayList<>();
        ServedMethod longest = overloads.getLast();
        for (int i = 0; i < parametersOf(longest).size(); i++) {
            int position = i;
            List<ServedMethod> having = overloads.stream()
                    .filter(one -> parametersOf(one).size() > position)
                    .toList();
            boolean required = having.size() == overloads.size()
                    && having.stream()
                            .allMatch(one -> parametersOf(one).get(position).required());
            out.add(parameter(
                    parametersOf(longest).get(i),
                    any(having.stream().map(one -> schema(one, position)).toList()),
                    required));
        }
        return out;
    }

    private Map<String, Object> parameter(Parameter parameter, Map<String, Object> schema, boolean required) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", parameter.name());
        if (parameter.doc() != null) {
            out.put("description", parameter.doc());
        }
        out.put("schema", schema);
        out.put("required", required);
        // Not OpenRPC's words: it knows no parameters that take the rest.
        if (parameter.variable()) {
            out.put("x-variable", true);
        } else if (parameter.remaining()) {
            out.put("x-remaining", true);
        }
        return out;
    }

    private Map<String, Object> schema(ServedMethod method, int index) {
        Parameter parameter = parametersOf(method).get(index);
        ServedMethod.Value value = method.parameters().get(index);
        Map<String, Object> schema = schemas.of(schemas.javaType(value.type()), value.annotated(), Use.READ);
        if (value.nullable()) {
            schema = Schemas.nullable(schema);
        }
        if (parameter.variable()) {
            return array(schema);
        }
        if (parameter.defaultValue() != null) {
            Map<String, Object> withDefault = new LinkedHashMap<>();
            if (schema.containsKey("$ref")) {
                // In draft 7, what stands beside a reference has no meaning.
                withDefault.put("allOf", List.of(schema));
            } else {
                withDefault.putAll(schema);
            }
            withDefault.put("default", json(parameter.defaultValue()));
            return withDefault;
        }
        return schema;
    }

    private static Map<String, Object> array(Map<String, Object> items) {
        Map<String, Object> array = new LinkedHashMap<>();
        array.put("type", "array");
        if (!items.isEmpty()) {
            array.put("items", items);
        }
        return array;
    }

    private Map<String, Object> result(ServedMethod method) {
        ServedMethod.Value value = method.result();
        JavaType type = schemas.javaType(value.type());
        if (CompletionStage.class.isAssignableFrom(type.getRawClass())) {
            JavaType content = parameter(type, CompletionStage.class);
            return schemas.of(content, Nullness.content(type, value.annotated()), Use.WRITE);
        }
        for (Class<?> stream : STREAMS) {
            if (stream.isAssignableFrom(type.getRawClass())) {
                return array(schemas.of(parameter(type, stream), null, Use.WRITE));
            }
        }
        if (type.hasRawClass(void.class) || type.hasRawClass(Void.class)) {
            return new LinkedHashMap<>(Map.of("type", "null"));
        }
        if (type.hasRawClass(Optional.class)) {
            return Schemas.nullable(
                    schemas.of(type.getContentType(), Nullness.content(type, value.annotated()), Use.WRITE));
        }
        return schemas.of(type, value.annotated(), Use.WRITE);
    }

    private JavaType parameter(JavaType type, Class<?> of) {
        JavaType[] found = type.findTypeParameters(of);
        return found.length == 0 ? schemas.javaType(Object.class) : found[0];
    }

    private static Map<String, Object> any(List<Map<String, Object>> schemas) {
        List<Map<String, Object>> distinct = List.copyOf(new LinkedHashSet<>(schemas));
        if (distinct.size() == 1) {
            return distinct.getFirst();
        }
        Map<String, Object> any = new LinkedHashMap<>();
        if (distinct.stream().noneMatch(Map::isEmpty)) {
            any.put("anyOf", distinct);
        }
        return any;
    }

    /** The declared exceptions by the codes under which they go out: OpenRPC has one error of a code. */
    private static List<Object> errors(List<ServedMethod> overloads) {
        Map<Integer, Map<String, @Nullable String>> byCode = new TreeMap<>();
        for (ServedMethod method : overloads) {
            for (Failure failure : method.failures()) {
                byCode.computeIfAbsent(code(failure), code -> new LinkedHashMap<>())
                        .putIfAbsent(failure.name(), failure.doc());
            }
        }
        List<Object> errors = new ArrayList<>();
        byCode.forEach((code, names) -> {
            List<String> messages = new ArrayList<>();
            names.forEach((name, doc) -> messages.add(doc == null ? name : name + ": " + doc));
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("code", code);
            error.put("message", String.join("; ", messages));
            errors.add(error);
        });
        return errors;
    }

    private static int code(Failure failure) {
        RpcException own = RpcException.class.isAssignableFrom(failure.type())
                ? ErrorCodes.named(failure.type().getSimpleName(), "", null, null)
                : null;
        return own == null ? JsonRpcErrors.METHOD_FAILED : JsonRpcErrors.code(own);
    }

    private Object json(String text) {
        try {
            return mapper.readTree(text);
        } catch (JacksonException e) {
            return text;
        }
    }
}
