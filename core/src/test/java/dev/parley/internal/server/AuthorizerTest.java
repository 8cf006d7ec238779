package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.security.Authorizer;
import java.security.Principal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthorizerTest {
    private final AtomicInteger ran = new AtomicInteger();

    private RpcServer.Builder server(Authorizer authorizer, String name) {
        return RpcServer.builder()
                .method("open", ran::incrementAndGet)
                .method("closed", ran::incrementAndGet)
                .authorizer(authorizer)
                .listen("memory://" + name);
    }

    @Test
    void permitsByNameBeforeItLooksForTheMethod() {
        try (RpcServer server = server((caller, method) -> method.startsWith("o"), "names")
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("memory://names")) {
            assertThat(client.call("open", int.class)).isEqualTo(1);
            assertThatThrownBy(() -> client.call("closed", int.class))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessage("a caller that is not authenticated may not call the method closed");
            // Nothing tells whether there is such a method.
            assertThatThrownBy(() -> client.call("close", int.class)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> client.call("other", int.class)).isInstanceOf(MethodNotFoundException.class);
            assertThat(client.describe().methods())
                    .extracting(ServiceDescription.Method::name)
                    .containsExactly("open");
            assertThat(server.describe().methods()).hasSize(2);
            assertThat(ran).hasValue(1);
        }
    }

    @Test
    void aFailureRefuses() {
        Authorizer failing = new Authorizer() {
            @Override
            public boolean permits(@Nullable Principal caller, String method) {
                throw new IllegalStateException("no rules");
            }
        };
        try (RpcServer server = server(failing, "failing").build().start();
                RpcClient client = RpcClient.connect("memory://failing")) {
            assertThat(server.isReady()).isTrue();
            assertThatThrownBy(() -> client.call("open", int.class)).isInstanceOf(AccessDeniedException.class);
            assertThat(client.describe().methods()).isEmpty();
            assertThat(ran).hasValue(0);
        }
    }
}
