package dev.parley.interop.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Execution;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.interop.behaviour.Fragile.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On every wire: an {@link Error} anywhere in a user's code has a response, and the next call succeeds. */
abstract class ErrorBehaviour extends WireFixture {
    private static final Duration LONG = Duration.ofSeconds(30);

    private RpcServer.Builder fragileServer() {
        return serverBuilder().endpoint(new Fragile());
    }

    private void serve(RpcServer.Builder builder) {
        client.close();
        server.close();
        server = builder.build().start();
        client = connect();
        api = client.proxy(BehaviourApi.class);
    }

    private RpcClient patient() {
        return client.prepare(options -> options.withTimeout(LONG));
    }

    /** It fails, and not because nobody responds; the next call succeeds. */
    private void assertAnswered(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RpcException.class).isNotInstanceOf(RpcTimeoutException.class);
        assertThat(patient().call("add", int.class, args("a", 1, "b", 1))).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInAMethodIsAnswered(Kind kind) {
        serve(fragileServer());
        Object[] arguments = args("kind", kind);
        assertAnswered(() -> patient().call("fails", Object.class, arguments));
        assertAnswered(() -> patient().call("failsLater", Object.class, arguments));
        assertAnswered(() -> patient().call("failsUnprintably", Object.class, arguments));
        assertAnswered(() -> patient().call("recursesForEver", Object.class, args("depth", 0)));
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInValuesIsAnswered(Kind kind) {
        serve(fragileServer());
        Object[] arguments = args("kind", kind);
        assertAnswered(() -> patient().call("takes", Object.class, args("value", Map.of("kind", kind))));
        assertAnswered(() -> patient().call("gives", Object.class, arguments));
        assertAnswered(() -> patient().call("givesLater", Object.class, arguments));
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInAStreamIsAnswered(Kind kind) {
        serve(fragileServer());
        Object[] arguments = args("kind", kind);
        for (String method : new String[] {"givesMany", "failsAmongMany"}) {
            assertAnswered(() -> {
                try (var items = patient().stream(method, Object.class, arguments)) {
                    items.toList();
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void anErrorOnTheWiresOwnThreadIsAnswered(Kind kind) {
        serve(fragileServer().execution(Execution.inline()));
        Object[] arguments = args("kind", kind);
        assertAnswered(() -> patient().call("fails", Object.class, arguments));
        assertAnswered(() -> patient().call("failsUnprintably", Object.class, arguments));
        assertAnswered(() -> patient().call("gives", Object.class, arguments));
        assertAnswered(() -> patient().call("takes", Object.class, args("value", Map.of("kind", kind))));
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInAnInterceptorIsAnswered(Kind kind) {
        serve(fragileServer().interceptor((context, next) -> {
            if (context.method().equals("echo")) {
                context.onComplete(outcome -> {
                    throw Fragile.error(kind);
                });
                throw Fragile.error(kind);
            }
            return next.proceed();
        }));
        assertAnswered(() -> patient().call("echo", Object.class, args("value", 1)));
    }

    @ParameterizedTest
    @EnumSource
    void aCallRunsOnceWhateverItsExecutorThrows(Kind kind) {
        AtomicInteger started = new AtomicInteger();
        serve(fragileServer().execution(Execution.of(task -> {
            switch (started.getAndIncrement() % 3) {
                case 0 -> throw Fragile.error(kind);
                case 1 -> throw new IllegalStateException("no thread", new RejectedExecutionException());
                default -> {
                    task.run();
                    throw Fragile.error(kind);
                }
            }
        })));
        for (int i = 0; i < 6; i++) {
            assertThat(patient().call("add", int.class, args("a", i, "b", 1))).isEqualTo(i + 1);
        }
        assertThat(started).hasValue(6);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorAtTheCallerEndsItsCall(Kind kind) {
        serve(fragileServer());
        Object[] arguments = args("value", Map.of("kind", kind));
        assertThatThrownBy(() -> patient()
                        .callAsync("echo", Fragile.Unreadable.class, arguments)
                        .get(LONG.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> patient().call("echo", Fragile.Unreadable.class, arguments))
                .isNotInstanceOf(RpcTimeoutException.class);
        assertThatThrownBy(() -> patient()
                        .callAsync("echo", Object.class, args("value", new Fragile.Unwritable(kind)))
                        .get(LONG.toSeconds(), TimeUnit.SECONDS))
                .isNotInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(patient().call("add", int.class, args("a", 1, "b", 1))).isEqualTo(2);
    }

    @Test
    void namesWithTheSameHashAreReadAsOthers() {
        serve(fragileServer());
        Map<String, Integer> colliding = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 17; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            colliding.put(name.toString(), i);
        }
        assertThat(colliding.keySet().stream().map(String::hashCode).distinct()).hasSize(1);

        Object echoed = patient().call("echo", Object.class, args("value", colliding));

        assertThat(colliding.equals(echoed)).isTrue();
        assertThat(patient().call("add", int.class, args("a", 1, "b", 1))).isEqualTo(2);
    }
}
