package dev.parley.jsonrpc.message;

import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Describes a service, and reads the description of a peer's: an OpenRPC document for {@code rpc.discover}, names for
 * {@code system.listMethods}. Stateless and thread-safe.
 */
public final class Introspection {
    public static final String DISCOVER = "rpc.discover";
    public static final String LIST = "system.listMethods";

    private static final String HELP = "system.methodHelp";
    private static final String SIGNATURE = "system.methodSignature";
    private static final Set<String> OWN = Set.of(DISCOVER, LIST, HELP, SIGNATURE);
    private static final String OPENRPC_VERSION = "1.3.2";

    private Introspection() {}

    /** Whether the wire itself has a method of this name. */
    public static boolean has(String method) {
        return OWN.contains(method);
    }

    /**
     * Calls one of the wire's own methods.
     *
     * @param arguments a list, or anything else for none
     * @throws MethodNotFoundException if the method asked about is not there
     */
    public static Object call(
            String method, ServiceDescription service, @Nullable Object arguments, ObjectMapper mapper) {
        return switch (method) {
            case DISCOVER -> openRpc(service, mapper);
            case LIST -> names(service);
            case HELP ->
                Objects.requireNonNullElse(about(method, service, arguments).doc(), "");
            default -> signatures(about(method, service, arguments));
        };
    }

    private static Method about(String asked, ServiceDescription service, @Nullable Object arguments) {
        if (!(arguments instanceof List<?> list) || list.size() != 1 || !(list.getFirst() instanceof String name)) {
            throw new InvalidArgumentsException(asked + " takes one argument, the name of a method");
        }
        return service.methods().stream()
                .filter(method -> method.qualifiedName().equals(name))
                .findFirst()
                .orElseThrow(() -> new MethodNotFoundException("no method '" + name + "'"));
    }

    /**
     * As XML-RPC's introspection has it: a list of signatures, each the type of the result and those of the parameters.
     */
    private static List<List<String>> signatures(Method method) {
        List<String> types = new ArrayList<>();
        types.add(String.valueOf(Objects.requireNonNullElse(method.result(), ValueType.ANY)));
        for (Parameter parameter : Objects.requireNonNullElse(method.parameters(), List.<Parameter>of())) {
            types.add(String.valueOf(Objects.requireNonNullElse(parameter.type(), ValueType.ANY)));
        }
        return List.of(types);
    }

    private static List<String> names(ServiceDescription service) {
        List<String> names = new ArrayList<>();
        service.methods().stream().map(Method::qualifiedName).distinct().forEach(names::add);
        OWN.stream().filter(name -> !names.contains(name)).forEach(names::add);
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private static Map<String, Object> openRpc(ServiceDescription service, ObjectMapper mapper) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("title", service.name());
        info.put("version", version(service));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openrpc", OPENRPC_VERSION);
        document.put("info", info);
        document.put(
                "methods",
                service.methods().stream()
                        .map(method -> openRpc(method, mapper))
                        .toList());
        return document;
    }

    private static String version(ServiceDescription service) {
        return service.methods().stream()
                .map(Method::version)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("1.0");
    }

    private static Map<String, Object> openRpc(Method method, ObjectMapper mapper) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", method.qualifiedName());
        if (method.doc() != null) {
            out.put("description", method.doc());
        }
        List<Object> params = new ArrayList<>();
        for (Parameter parameter : Objects.requireNonNullElse(method.parameters(), List.<Parameter>of())) {
            params.add(openRpc(parameter, mapper));
        }
        out.put("params", params);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "result");
        result.put("schema", schema(method.result()));
        out.put("result", result);
        return out;
    }

    private static Map<String, Object> openRpc(Parameter parameter, ObjectMapper mapper) {
        Map<String, Object> schema = schema(parameter.type());
        if (parameter.defaultValue() != null) {
            schema.put("default", json(mapper, parameter.defaultValue()));
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", parameter.name());
        out.put("schema", schema);
        out.put("required", parameter.required());
        if (parameter.variable()) {
            // Not OpenRPC's word: it knows no parameter that takes the rest.
            out.put("x-variable", true);
        }
        return out;
    }

    private static Map<String, Object> schema(@Nullable ValueType type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (type) {
            case null -> {}
            case ANY -> {}
            case BINARY -> {
                schema.put("type", "string");
                schema.put("contentEncoding", "base64");
            }
            case DATETIME -> {
                schema.put("type", "string");
                schema.put("format", "date-time");
            }
            default -> schema.put("type", type.toString());
        }
        return schema;
    }

    /** The service that an OpenRPC document describes; what is missing or odd in it is left out. */
    public static ServiceDescription read(JsonNode document) {
        List<Method> methods = new ArrayList<>();
        for (JsonNode method : document.path("methods")) {
            List<Parameter> parameters = new ArrayList<>();
            for (JsonNode parameter : method.path("params")) {
                JsonNode value = parameter.path("schema").path("default");
                parameters.add(new Parameter(
                        parameter.path("name").asString("?"),
                        type(parameter.path("schema")),
                        parameter.path("required").asBoolean(false),
                        value.isMissingNode() ? null : value.toString(),
                        parameter.path("x-variable").asBoolean(false)));
            }
            String doc =
                    method.path("description").asString(method.path("summary").asString(""));
            methods.add(new Method(
                    method.path("name").asString("?"),
                    null,
                    null,
                    parameters,
                    type(method.path("result").path("schema")),
                    doc.isEmpty() ? null : doc));
        }
        methods.sort(Comparator.comparing(Method::name));
        return new ServiceDescription(document.path("info").path("title").asString("JSON-RPC service"), methods);
    }

    /** A service of which only the methods' names are known. */
    public static ServiceDescription ofNames(List<String> names) {
        return new ServiceDescription(
                "JSON-RPC service",
                names.stream()
                        .sorted()
                        .map(name -> new Method(name, null, null, null, null, null))
                        .toList());
    }

    private static @Nullable ValueType type(JsonNode schema) {
        if (schema.path("contentEncoding").asString("").equals("base64")) {
            return ValueType.BINARY;
        } else if (schema.path("format").asString("").equals("date-time")) {
            return ValueType.DATETIME;
        }
        try {
            return ValueType.valueOf(schema.path("type").asString("any").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Object json(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JacksonException e) {
            return text;
        }
    }
}
