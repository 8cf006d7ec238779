package dev.parley.zerorpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Limits;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.spi.ClientTransport.PeerCaller;
import dev.parley.spi.ValueMapping;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Descriptions of peers, by inspection and where inspection fails. */
class PeerDescriptionTest {
    private final PeerDescription description = new PeerDescription(new ValueMapping(Limits.defaults(), List.of()));
    private final Map<String, Object> results = new HashMap<>();

    /** A peer with these results; a method without one fails as on Python 3.11. */
    private final PeerCaller peer = new PeerCaller() {
        @Override
        public <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args) {
            Object result = results.get(args.length == 0 ? method : method + " " + args[0]);
            if (result == null) {
                throw RemoteException.of("AttributeError", "module 'inspect' has no attribute 'getargspec'");
            }
            return resultType.cast(result);
        }
    };

    @Test
    void pythonsInspection() {
        results.put(
                "_zerorpc_inspect",
                Map.of(
                        "name",
                        "Calculator",
                        "methods",
                        Map.of(
                                "mul",
                                Map.of("args", List.of(), "doc", ""),
                                "add",
                                Map.of(
                                        "args",
                                        List.of(
                                                Map.of("name", "self"),
                                                Map.of("name", "a", "type", "integer"),
                                                Map.of("name", "b", "default", 2)),
                                        "doc",
                                        "Adds."))));
        ServiceDescription service = description.read(peer);
        assertThat(service.name()).isEqualTo("Calculator");
        assertThat(service.methods()).extracting(Method::signature).containsExactly("add(a: integer, b = 2)", "mul()");
        assertThat(service.methods()).extracting(Method::doc).containsExactly("Adds.", null);
    }

    @Test
    void namesAndHelpWhereInspectionFails() {
        results.put("_zerorpc_name", "Calculator");
        results.put("_zerorpc_list", List.of("mul", "add"));
        results.put("_zerorpc_help add", "Adds.");
        ServiceDescription service = description.read(peer);
        assertThat(service.name()).isEqualTo("Calculator");
        assertThat(service.methods()).extracting(Method::signature).containsExactly("add(…)", "mul(…)");
        assertThat(service.methods()).extracting(Method::doc).containsExactly("Adds.", null);
    }

    @Test
    void argumentsWhereOnlyInspectionFails() {
        results.put("_zerorpc_list", List.of("add", "all"));
        results.put(
                "_zerorpc_args add", Arrays.asList(List.of("self", "a", "b", "c"), null, null, Arrays.asList(2, null)));
        results.put("_zerorpc_args all", Arrays.asList(List.of("first"), "rest", "named", null));
        ServiceDescription service = description.read(peer);
        assertThat(service.name()).isEmpty();
        assertThat(service.methods())
                .extracting(Method::signature)
                .containsExactly("add(a, b = 2, c?)", "all(first, *rest)");
    }

    @Test
    void argumentsThatAreNoArgSpec() {
        results.put("_zerorpc_list", List.of("one", "two"));
        results.put("_zerorpc_args one", List.of(1, 2));
        results.put("_zerorpc_args two", List.of(List.of("a"), "b", "c", List.of(1, 2, 3)));
        assertThat(description.read(peer).methods()).hasSize(2);
    }

    @Test
    void aPeerWithoutAnyDescription() {
        assertThatThrownBy(() -> description.read(peer)).isInstanceOf(RemoteException.class);
    }

    @Test
    void whatIsNotADescription() {
        results.put("_zerorpc_inspect", List.of(1));
        assertThatThrownBy(() -> description.read(peer))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("not a description");
    }
}
