package dev.parley.xmlrpc;

import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ValueErrors;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcWriteFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectReader;

/**
 * The {@code system.} methods that the service itself does not have: {@code listMethods}, {@code methodSignature} and
 * {@code methodHelp} of the introspection
 * extension, {@code getCapabilities}, and {@code multicall}, which {@link Multicall} runs.
 *
 * <p>Thread-safe.
 */
final class SystemMethods {
    static final String MULTICALL = "system.multicall";
    private static final String LIST_METHODS = "system.listMethods";
    private static final String METHOD_SIGNATURE = "system.methodSignature";
    private static final String METHOD_HELP = "system.methodHelp";
    private static final String GET_CAPABILITIES = "system.getCapabilities";

    private static final List<Method> OWN = List.of(
            own(GET_CAPABILITIES, ValueType.OBJECT, "The extensions of XML-RPC that this server has."),
            own(LIST_METHODS, ValueType.ARRAY, "The names of all methods."),
            own(METHOD_HELP, ValueType.STRING, "What a method does.", name()),
            own(METHOD_SIGNATURE, ValueType.ARRAY, "The types of a method's result and parameters.", name()),
            own(
                    MULTICALL,
                    ValueType.ARRAY,
                    "Runs several calls, given as structs of methodName and params; one that fails does so alone.",
                    new Parameter("calls", ValueType.ARRAY, true, null, false)));

    private final Dispatcher dispatcher;
    private final ObjectReader arguments;
    private final boolean nil;
    private final boolean multicall;
    private final Map<String, Function<ServerCall, Object>> methods;

    /**
     * The methods.
     *
     * @param introspection whether there are methods that describe the service
     * @param multicall whether there is multicall
     */
    SystemMethods(Dispatcher dispatcher, XmlRpcMapper mapper, boolean introspection, boolean multicall) {
        this.dispatcher = dispatcher;
        this.multicall = multicall;
        this.methods = introspection
                ? Map.of(
                        LIST_METHODS,
                        this::listMethods,
                        METHOD_SIGNATURE,
                        call -> methodSignature(described(call)),
                        METHOD_HELP,
                        call -> methodHelp(described(call)),
                        GET_CAPABILITIES,
                        this::getCapabilities)
                : Map.of();
        this.nil = mapper.tokenStreamFactory().isEnabled(XmlRpcWriteFeature.NIL);
        this.arguments = mapper.readerForListOf(String.class);
    }

    private static Parameter name() {
        return new Parameter("methodName", ValueType.STRING, true, null, false);
    }

    private static Method own(String name, ValueType result, String doc, Parameter... parameters) {
        return new Method(name, null, null, List.of(parameters), result, doc);
    }

    /** The method of this name, multicall excepted. */
    @Nullable
    Function<ServerCall, Object> find(String name) {
        return methods.get(name);
    }

    private List<String> strings(ServerCall call, int count) {
        if (call.messageBytes() > LargeMessages.LARGE) {
            throw new InvalidArgumentsException(
                    "the arguments of " + call.method() + " exceed " + LargeMessages.LARGE + " bytes");
        }
        List<String> values;
        try (JsonParser parser = call.arguments()) {
            values = parser == null ? List.of() : arguments.readValue(parser);
        } catch (JacksonException e) {
            throw new InvalidArgumentsException(call.method() + " takes strings: " + ValueErrors.text(e), e);
        }
        if (values.size() != count) {
            throw new InvalidArgumentsException(call.method() + " takes " + count
                    + (count == 1 ? " argument, " : " arguments, ") + values.size() + " given");
        }
        return values;
    }

    private List<Method> all(ServerCall call) {
        List<Method> all = new ArrayList<>(
                dispatcher.visibleTo(call.principal()).describe().methods());
        OWN.stream()
                .filter(method -> multicall || !method.name().equals(MULTICALL))
                .filter(method -> !dispatcher.has(method.name()))
                .forEach(all::add);
        return all;
    }

    private Method described(ServerCall call) {
        String name = strings(call, 1).getFirst();
        return all(call).stream()
                .filter(method -> method.qualifiedName().equals(name))
                .findFirst()
                .orElseThrow(() -> new MethodNotFoundException("no method '" + name + "'"));
    }

    private List<String> listMethods(ServerCall call) {
        strings(call, 0);
        TreeSet<String> names = new TreeSet<>();
        all(call).forEach(method -> names.add(method.qualifiedName()));
        return List.copyOf(names);
    }

    private static String methodHelp(Method method) {
        return method.doc() == null ? "" : method.doc();
    }

    /** One signature per number of arguments that the method takes: the result's type, then those of the parameters. */
    private static Object methodSignature(Method method) {
        List<Parameter> parameters = method.parameters();
        if (parameters == null) {
            return "undef";
        }
        List<List<String>> signatures = new ArrayList<>();
        for (int count = 0; count <= parameters.size(); count++) {
            if (count < parameters.size() && parameters.get(count).required()) {
                continue;
            }
            List<String> signature = new ArrayList<>();
            signature.add(typeName(method.result()));
            parameters.subList(0, count).forEach(parameter -> signature.add(typeName(parameter.type())));
            signatures.add(signature);
        }
        return signatures;
    }

    /** XML-RPC's names of the types; the extension has none for "any", so that of libxmlrpc's documentation is used. */
    private static String typeName(@Nullable ValueType type) {
        return switch (type) {
            case null -> "any";
            case NULL -> "nil";
            case BOOLEAN -> "boolean";
            case INTEGER -> "int";
            case NUMBER -> "double";
            case STRING -> "string";
            case BINARY -> "base64";
            case DATETIME -> "dateTime.iso8601";
            case ARRAY -> "array";
            case OBJECT -> "struct";
            case ANY -> "any";
        };
    }

    private Map<String, Object> getCapabilities(ServerCall call) {
        strings(call, 0);
        Map<String, Object> capabilities = new LinkedHashMap<>();
        capabilities.put("xmlrpc", capability("http://www.xmlrpc.com/spec", 1));
        capabilities.put("introspection", capability("http://xmlrpc-c.sourceforge.net/introspection.html", 1));
        if (multicall) {
            capabilities.put("system.multicall", capability("http://www.xmlrpc.com/discuss/msgReader$1208", 1));
        }
        capabilities.put(
                "faults_interop", capability("http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php", 20010516));
        if (nil) {
            capabilities.put("nil", capability("http://ontosys.com/xml-rpc/extensions.php", 20010518));
        }
        return capabilities;
    }

    private static Map<String, Object> capability(String url, int version) {
        return Map.of("specUrl", url, "specVersion", version);
    }

    /** Whether a method of this name is the wire's, not the service's. */
    static boolean isOwn(String method) {
        return OWN.stream().anyMatch(own -> own.name().equals(method));
    }
}
