package dev.parley.jsonrpc.session;

import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.jsonrpc.message.SystemMethods;
import dev.parley.jsonrpc.openrpc.OpenRpcWriter;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServedMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** The methods by which a service describes itself. Thread-safe. */
final class Introspection {
    /** A document, and the methods that it describes. */
    private record Document(List<ServedMethod> methods, Map<String, Object> content) {}

    private final Dispatcher dispatcher;
    private final ObjectMapper mapper;
    private final ReentrantLock making = new ReentrantLock();
    private volatile @Nullable Document document;

    Introspection(Dispatcher dispatcher, ObjectMapper mapper) {
        this.dispatcher = dispatcher;
        this.mapper = mapper;
    }

    /** Whether a call of this name is for the wire itself: a method of the service takes precedence. */
    boolean has(String method) {
        return SystemMethods.ALL.contains(method) && !dispatcher.has(method);
    }

    /** Whether a call takes no longer than any other; a document that is not there yet does. */
    @SuppressWarnings("ReferenceEquality") // The dispatcher's list is the same one until it changes.
    boolean isReady(String method) {
        Document known = document;
        return !method.equals(SystemMethods.DISCOVER) || known != null && known.methods() == dispatcher.methods();
    }

    /**
     * Calls one of the methods.
     *
     * @param arguments a list, or anything else for none
     * @throws MethodNotFoundException if the method asked about is not there
     */
    Object call(String method, @Nullable Object arguments) {
        return switch (method) {
            case SystemMethods.DISCOVER -> openRpc();
            case SystemMethods.LIST -> names();
            case SystemMethods.HELP ->
                about(method, arguments).stream()
                        .map(Method::doc)
                        .filter(Objects::nonNull)
                        .distinct()
                        .collect(Collectors.joining("\n\n"));
            default ->
                about(method, arguments).stream().map(Introspection::signature).toList();
        };
    }

    @SuppressWarnings("ReferenceEquality") // The dispatcher's list is the same one until it changes.
    private Map<String, Object> openRpc() {
        List<ServedMethod> methods = dispatcher.methods();
        Document known = document;
        if (known != null && known.methods() == methods) {
            return known.content();
        }
        making.lock();
        try {
            known = document;
            if (known == null || known.methods() != methods) {
                known = new Document(
                        methods, OpenRpcWriter.document(dispatcher.describe().name(), methods, mapper));
                document = known;
            }
            return known.content();
        } finally {
            making.unlock();
        }
    }

    private List<Method> about(String asked, @Nullable Object arguments) {
        if (!(arguments instanceof List<?> list) || list.size() != 1 || !(list.getFirst() instanceof String name)) {
            throw new InvalidArgumentsException(asked + " takes one argument, the name of a method");
        }
        List<Method> found = dispatcher.methods().stream()
                .map(ServedMethod::description)
                .filter(method -> method.qualifiedName().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new MethodNotFoundException("no method '" + name + "'");
        }
        return found;
    }

    /** As XML-RPC's introspection has it: the type of the result and those of the parameters. */
    private static List<String> signature(Method method) {
        List<String> types = new ArrayList<>();
        types.add(String.valueOf(Objects.requireNonNullElse(method.result(), ValueType.ANY)));
        for (Parameter parameter : Objects.requireNonNullElse(method.parameters(), List.<Parameter>of())) {
            types.add(String.valueOf(Objects.requireNonNullElse(parameter.type(), ValueType.ANY)));
        }
        return types;
    }

    private List<String> names() {
        TreeSet<String> names = new TreeSet<>(SystemMethods.ALL);
        dispatcher.methods().forEach(method -> names.add(method.description().qualifiedName()));
        return List.copyOf(names);
    }
}
