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
import java.security.Principal;
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

    /** Callers may see different methods; so many documents are kept. */
    private static final int MAX_DOCUMENTS = 16;

    private final Dispatcher dispatcher;
    private final ObjectMapper mapper;
    private final ReentrantLock making = new ReentrantLock();
    /** The latest first. */
    private volatile List<Document> documents = List.of();

    Introspection(Dispatcher dispatcher, ObjectMapper mapper) {
        this.dispatcher = dispatcher;
        this.mapper = mapper;
    }

    /** Whether a call of this name is for the wire itself: a method of the service takes precedence. */
    boolean has(String method) {
        return SystemMethods.ALL.contains(method) && !dispatcher.has(method);
    }

    /** Whether a call takes no longer than any other; a document that is not there yet does. */
    boolean isReady(String method, @Nullable Principal caller) {
        return !method.equals(SystemMethods.DISCOVER)
                || known(dispatcher.visibleTo(caller).methods()) != null;
    }

    /**
     * Calls one of the methods.
     *
     * @param arguments a list, or anything else for none
     * @throws MethodNotFoundException if the method asked about is not there
     */
    Object call(String method, @Nullable Object arguments, @Nullable Principal caller) {
        Dispatcher visible = dispatcher.visibleTo(caller);
        return switch (method) {
            case SystemMethods.DISCOVER -> openRpc(visible);
            case SystemMethods.LIST -> names(visible);
            case SystemMethods.HELP ->
                about(visible, method, arguments).stream()
                        .map(Method::doc)
                        .filter(Objects::nonNull)
                        .distinct()
                        .collect(Collectors.joining("\n\n"));
            default ->
                about(visible, method, arguments).stream()
                        .map(Introspection::signature)
                        .toList();
        };
    }

    private Map<String, Object> openRpc(Dispatcher visible) {
        List<ServedMethod> methods = visible.methods();
        Document known = known(methods);
        if (known != null) {
            return known.content();
        }
        making.lock();
        try {
            known = known(methods);
            if (known == null) {
                known = new Document(
                        methods, OpenRpcWriter.document(visible.describe().name(), methods, mapper));
                List<Document> newer = new ArrayList<>(documents);
                newer.addFirst(known);
                documents = List.copyOf(newer.subList(0, Math.min(newer.size(), MAX_DOCUMENTS)));
            }
            return known.content();
        } finally {
            making.unlock();
        }
    }

    private @Nullable Document known(List<ServedMethod> methods) {
        for (Document each : documents) {
            if (each.methods().equals(methods)) {
                return each;
            }
        }
        return null;
    }

    private static List<Method> about(Dispatcher visible, String asked, @Nullable Object arguments) {
        if (!(arguments instanceof List<?> list) || list.size() != 1 || !(list.getFirst() instanceof String name)) {
            throw new InvalidArgumentsException(asked + " takes one argument, the name of a method");
        }
        List<Method> found = visible.methods().stream()
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

    private static List<String> names(Dispatcher visible) {
        TreeSet<String> names = new TreeSet<>(SystemMethods.ALL);
        visible.methods().forEach(method -> names.add(method.description().qualifiedName()));
        return List.copyOf(names);
    }
}
