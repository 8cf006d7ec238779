package dev.parley.jsonrpc.session;

import static dev.parley.jsonrpc.message.Envelope.POSITIONAL;

import dev.parley.InvalidArgumentsException;
import dev.parley.ServiceDescription;
import dev.parley.spi.Dispatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Arguments both positional and named in one object, as python-jsonrpc sends {@code f(1, x=2)}: {@code {"__args": [1],
 * "x": 2}}.
 */
final class MixedArguments {
    private MixedArguments() {}

    /** The same arguments in one of the two styles. */
    static JsonParser untangle(ObjectMapper mapper, JsonNode params, String method, Dispatcher dispatcher) {
        ObjectNode named = (ObjectNode) params;
        JsonNode given = named.remove(POSITIONAL);
        if (!(given instanceof ArrayNode positional)) {
            throw new InvalidArgumentsException(POSITIONAL + " must be an array");
        }
        if (named.isEmpty()) {
            return mapper.treeAsTokens(positional);
        }
        List<ServiceDescription.Parameter> parameters = parameters(method, dispatcher);
        for (int i = 0; i < positional.size(); i++) {
            if (parameters == null || i >= parameters.size()) {
                throw new InvalidArgumentsException(
                        method + " takes fewer than the " + positional.size() + " positional arguments given");
            }
            ServiceDescription.Parameter parameter = parameters.get(i);
            JsonNode value = positional.get(i);
            if (parameter.variable()) {
                ArrayNode rest = mapper.createArrayNode();
                for (int j = i; j < positional.size(); j++) {
                    rest.add(positional.get(j));
                }
                value = rest;
            }
            if (named.has(parameter.name())) {
                throw new InvalidArgumentsException(
                        method + " got its parameter '" + parameter.name() + "' by position and by name");
            }
            named.set(parameter.name(), value);
            if (parameter.variable()) {
                break;
            }
        }
        return mapper.treeAsTokens(named);
    }

    private static @Nullable List<ServiceDescription.Parameter> parameters(String method, Dispatcher dispatcher) {
        return dispatcher.describe().methods().stream()
                .filter(known -> known.qualifiedName().equals(method))
                .findFirst()
                .map(ServiceDescription.Method::parameters)
                .orElse(null);
    }
}
