package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Limits;
import dev.parley.RpcServer;
import dev.parley.security.Authenticator;
import dev.parley.spi.ServerContext;
import dev.parley.spi.ValueMapping;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings of a server, and its life cycle where no wire is needed. */
class ServerBuilderTest {
    static Stream<Method> entryPoints() {
        return Stream.of(RpcServer.Builder.class, RpcServer.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> Arrays.stream(method.getParameterTypes()).anyMatch(type -> !type.isPrimitive()));
    }

    /** Passes null for each parameter in turn, after arguments that are right. */
    @ParameterizedTest
    @MethodSource("entryPoints")
    void nullsAreRefusedByTheParametersName(Method method) throws Exception {
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (method.getParameterTypes()[i].isPrimitive()) {
                continue;
            }
            @Nullable Object[] arguments = new Object[method.getParameterCount()];
            for (int j = 0; j < i; j++) {
                arguments[j] = argument(method.getParameterTypes()[j]);
            }
            Object receiver = method.getDeclaringClass() == RpcServer.class
                    ? RpcServer.builder().method("ping", () -> "pong").build()
                    : RpcServer.builder();

            assertThatThrownBy(() -> invoke(receiver, method, arguments))
                    .as("%s, parameter %d", method, i)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage(method.getParameters()[i].getName());
        }
    }

    private static void invoke(Object receiver, Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object argument(Class<?> type) {
        if (type == String.class) {
            return "name";
        } else if (type == Class.class) {
            return Runnable.class;
        } else if (type == Supplier.class) {
            return (Supplier<String>) () -> "name";
        } else if (type == Authenticator.class) {
            return Authenticator.anonymous();
        }
        return new Object();
    }

    @Test
    void aServerNeedsSomethingToServe() {
        assertThatThrownBy(() -> RpcServer.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a server needs at least one endpoint, method or fallback");
        assertThat(RpcServer.builder()
                        .fallback((context, method, arguments) -> null)
                        .build()
                        .describe()
                        .name())
                .isEqualTo("parley");
        assertThatThrownBy(() -> RpcServer.builder().endpoint(String.class, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("java.lang.String is not an interface");
        assertThatThrownBy(() -> RpcServer.builder().maxConcurrentCalls(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> RpcServer.builder().method("", () -> "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTlsContextIsSuppliedAnewEachTime() throws Exception {
        List<SSLContext> supplied = new ArrayList<>(List.of(SSLContext.getDefault(), SSLContext.getInstance("TLS")));
        AtomicReference<@Nullable SSLContext> current = new AtomicReference<>(supplied.getFirst());
        ServerContext context =
                new ServerContext(dispatcher(), new ValueMapping(Limits.defaults(), List.of()), current::get);

        assertThat(context.tls()).isSameAs(supplied.getFirst());
        current.set(supplied.getLast());
        assertThat(context.tls()).isSameAs(supplied.getLast());
        current.set(null);
        assertThatThrownBy(context::tls)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("supplier");
        assertThat(new ServerContext(dispatcher(), new ValueMapping(Limits.defaults(), List.of()), null).tls())
                .isNull();
    }

    private static CallDispatcher dispatcher() {
        return ((MultiWireServer)
                        RpcServer.builder().method("ping", () -> "pong").build())
                .dispatcher();
    }

    @Test
    @Timeout(30)
    void awaitEndsWhenTheAcceptedCallsHaveCompleted() throws Exception {
        DispatchedService service = new DispatchedService();
        RpcServer server = RpcServer.builder().endpoint(service).build();
        RecordedCall call = TestServer.call(server, "sleeps", "[]");
        assertThat(service.started.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(server.await(Duration.ofMillis(1))).isFalse();
        server.stop();
        assertThat(server.await(Duration.ofMillis(1))).isFalse();
        call.cancel();
        assertThat(server.await(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        server.close();
    }
}
