package dev.parley.zerorpc.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ValueMapping;
import dev.parley.zerorpc.event.BuiltInMethods;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the {@linkplain BuiltInMethods built-in methods}, from the dispatcher's description. Thread-safe. */
final class Introspection {
    private final Dispatcher dispatcher;
    private final ValueMapping values;

    Introspection(Dispatcher dispatcher, ValueMapping values) {
        this.dispatcher = dispatcher;
        this.values = values;
    }

    /**
     * The result of a built-in method.
     *
     * @throws MethodNotFoundException if its argument names no method
     * @throws InvalidArgumentsException if it needs an argument that is missing
     */
    @Nullable
    Object result(Event request, @Nullable Principal caller) {
        ServiceDescription service = dispatcher.visibleTo(caller).describe();
        return switch (request.name()) {
            case BuiltInMethods.PING -> List.of("pong", service.name());
            case BuiltInMethods.NAME -> service.name();
            case BuiltInMethods.LIST ->
                service.methods().stream().map(Method::qualifiedName).distinct().toList();
            case BuiltInMethods.HELP -> method(service, request).doc();
            case BuiltInMethods.ARGS -> argSpec(method(service, request));
            default -> inspect(service);
        };
    }

    private static Method method(ServiceDescription service, Event request) {
        String name = argument(request);
        return service.methods().stream()
                .filter(method -> method.qualifiedName().equals(name))
                .findFirst()
                .orElseThrow(() -> new MethodNotFoundException("there is no method " + name));
    }

    private static String argument(Event request) {
        try {
            MsgpackCursor args = request.args();
            if (args.peek() == MsgpackType.ARRAY && args.readArrayHeader() == 1) {
                if (args.peek() == MsgpackType.STRING) {
                    return args.readString();
                } else if (args.peek() == MsgpackType.BINARY) {
                    return args.text(args.readBinaryHeader());
                }
            }
        } catch (MsgpackException e) {
            throw new InvalidArgumentsException(request.name() + ": " + e.getMessage());
        }
        throw new InvalidArgumentsException(request.name() + " takes one argument, the name of a method");
    }

    /** Python's ArgSpec: names, name of the variable argument, name of the keywords, defaults of the last names. */
    private @Nullable List<@Nullable Object> argSpec(Method method) {
        List<Parameter> parameters = method.parameters();
        if (parameters == null) {
            return null;
        }
        List<String> names = new ArrayList<>();
        List<@Nullable Object> defaults = new ArrayList<>();
        String variable = null;
        for (Parameter parameter : parameters) {
            if (parameter.variable()) {
                variable = parameter.name();
                continue;
            }
            names.add(parameter.name());
            if (parameter.required()) {
                // Defaults belong to the last names: those before a required one cannot be expressed.
                defaults.clear();
            } else {
                defaults.add(defaultValue(parameter));
            }
        }
        return Arrays.asList(names, variable, null, defaults.isEmpty() ? null : defaults);
    }

    private Map<String, Object> inspect(ServiceDescription service) {
        Map<String, Object> methods = new LinkedHashMap<>();
        for (Method method : service.methods()) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("args", arguments(method));
            entry.put("doc", method.doc());
            methods.put(method.qualifiedName(), entry);
        }
        return Map.of("name", service.name(), "methods", methods);
    }

    private @Nullable List<Map<String, @Nullable Object>> arguments(Method method) {
        List<Parameter> parameters = method.parameters();
        if (parameters == null) {
            return null;
        }
        List<Map<String, @Nullable Object>> arguments = new ArrayList<>();
        for (Parameter parameter : parameters) {
            if (!parameter.variable()) {
                Map<String, @Nullable Object> argument = new LinkedHashMap<>();
                argument.put("name", parameter.name());
                if (!parameter.required()) {
                    argument.put("default", defaultValue(parameter));
                }
                if (parameter.type() != null) {
                    // Python's client looks at name and default only.
                    argument.put("type", parameter.type().toString());
                }
                arguments.add(argument);
            }
        }
        return arguments;
    }

    private @Nullable Object defaultValue(Parameter parameter) {
        String json = parameter.defaultValue();
        return json == null ? null : values.json().readValue(json, Object.class);
    }
}
