package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.Target;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Methods that come and go while the server runs. */
class RegistrationTest {
    private final RpcServer server =
            RpcServer.builder().method("ping", () -> "pong").build();

    private String run(String method, String arguments) throws Exception {
        return TestServer.call(server, method, arguments).result();
    }

    private List<String> names() {
        return server.describe().methods().stream()
                .map(ServiceDescription.Method::qualifiedName)
                .toList();
    }

    @SuppressWarnings("unused")
    static class Service {
        public String which() {
            return "object";
        }

        /** Two services are equal, and yet not the same endpoint. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Service;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    void endpointObjectsComeAndGo() throws Exception {
        Service service = new Service();
        server.register(service);
        server.register(service, Target.namespace("control"));

        assertThat(names()).containsExactly("control.which", "ping", "which");
        assertThat(run("control.which", "[]")).isEqualTo("\"object\"");
        assertThat(server.unregister(new Service())).isFalse();
        assertThat(server.unregister(service)).isTrue();
        assertThat(server.unregister(service)).isFalse();
        assertThat(names()).containsExactly("ping");
        assertThatThrownBy(() -> run("which", "[]")).isInstanceOf(MethodNotFoundException.class);
    }

    @Test
    void anInterfacesMethodsOnly() throws Exception {
        Supplier<String> supplier = () -> "supplied";
        server.register(Supplier.class, supplier);

        assertThat(names()).containsExactly("get", "ping");
        assertThat(run("get", "[]")).isEqualTo("\"supplied\"");
        assertThat(server.unregister(supplier)).isTrue();
    }

    @Test
    void functionsComeAndGo() throws Exception {
        server.register("sum", () -> 0);
        server.register("sum", int.class, a -> a);
        server.register("sum", int.class, int.class, Integer::sum);
        server.register("sum", int.class, int.class, int.class, (a, b, c) -> a + b + c);
        server.register("sum", int.class, int.class, int.class, int.class, (a, b, c, d) -> a + b + c + d);

        assertThat(run("sum", "[1, 2, 3, 4]")).isEqualTo("10");
        assertThat(run("sum", "[]")).isEqualTo("0");
        assertThat(names()).containsExactly("ping", "sum", "sum", "sum", "sum", "sum");
        assertThatThrownBy(() -> server.register("sum", Integer.class, a -> a))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(names()).hasSize(6);
        assertThat(server.unregister("sum")).isTrue();
        assertThat(server.unregister("sum")).isFalse();
        assertThat(server.unregister("ping")).isTrue();
        assertThat(names()).isEmpty();
    }

    @Test
    void staticMethodsGoByTheirClass() {
        RpcServer statics = RpcServer.builder().staticMethods(Math.class).build();

        assertThat(statics.unregister(Math.class)).isTrue();
        assertThat(statics.describe().methods()).isEmpty();
    }
}
