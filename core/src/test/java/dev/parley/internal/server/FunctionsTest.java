package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Execution;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.Remaining;
import dev.parley.RemoteException;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.Target;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Functions, static methods, the fallback and the remaining arguments. */
class FunctionsTest {
    private static String run(RpcServer.Builder builder, String method, String arguments) throws Exception {
        return TestServer.call(builder.build(), method, arguments).result();
    }

    @Test
    void functionsOfEachNumberOfParameters() throws Exception {
        RpcServer.Builder builder = RpcServer.builder()
                .method("zero", () -> "nothing")
                .method("one", LocalDate.class, day -> day.plusDays(1))
                .method("two", Integer.class, Integer.class, (a, b) -> a + b)
                .method("three", int.class, String.class, List.class, (a, b, c) -> a + b + c)
                .method("four", int.class, int.class, int.class, int.class, (a, b, c, d) -> a * b * c * d);

        assertThat(run(builder, "zero", "[]")).isEqualTo("\"nothing\"");
        assertThat(run(builder, "one", "[\"2024-02-28\"]")).isEqualTo("\"2024-02-29\"");
        assertThat(run(builder, "two", "[2, 3]")).isEqualTo("5");
        assertThat(run(builder, "two", "{\"arg1\": 2, \"arg0\": 3}")).isEqualTo("5");
        assertThat(run(builder, "three", "[1, \"b\", [2]]")).isEqualTo("\"1b[2]\"");
        assertThat(run(builder, "four", "[1, 2, 3, 4]")).isEqualTo("24");
        assertThatThrownBy(() -> run(builder, "two", "[2]"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessage("two(arg0: integer, arg1: integer) takes 2 arguments, 1 given");
    }

    @Test
    void functionsMayThrowAndReturnLater() throws Exception {
        RpcServer.Builder builder = RpcServer.builder()
                .method("fails", () -> {
                    throw new IOException("disk full");
                })
                .method("later", int.class, a -> CompletableFuture.supplyAsync(() -> a + 1))
                .method("stream", int.class, n -> Stream.iterate(0, i -> i + 1).limit(n));

        assertThatThrownBy(() -> run(builder, "fails", "[]"))
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.type()).isEqualTo("OSError"));
        assertThat(run(builder, "later", "[1]")).isEqualTo("2");
        assertThat(run(builder, "stream", "[2]")).isEqualTo("[0,1]");
    }

    @Test
    void aStreamOfAnInlineFunctionRunsOnAThreadOfItsOwn() throws Exception {
        String here = Thread.currentThread().getName();
        RpcServer.Builder builder = RpcServer.builder()
                .execution(Execution.inline())
                .method("plain", () -> Thread.currentThread().getName())
                .method(
                        "stream",
                        () -> Stream.of(1).map(i -> Thread.currentThread().getName()));

        assertThat(run(builder, "plain", "[]")).isEqualTo("\"" + here + "\"");
        assertThat(run(builder, "stream", "[]")).isEqualTo("[\"parley-call\"]");
    }

    @Test
    void functionsTakePrecedenceOverEndpoints() throws Exception {
        RpcServer.Builder builder = RpcServer.builder()
                .endpoint(new DispatchedService())
                .method("add", int.class, int.class, (a, b) -> "added " + (a + b))
                .method("control.ping", () -> "pong");

        assertThat(run(builder, "add", "[1, 2]")).isEqualTo("\"added 3\"");
        assertThat(run(builder, "big", "[1]")).isEqualTo("1");
        assertThat(run(builder, "control.ping", "[]")).isEqualTo("\"pong\"");
        RecordedCall call = new RecordedCall("ping", "[]");
        call.namespace = "control";
        call.version = "1.0";
        assertThat(TestServer.call(builder.build(), call).result()).isEqualTo("\"pong\"");
    }

    @Test
    void theFallbackGetsTheCallsOfUnknownMethods() throws Exception {
        RpcServer.Builder builder = RpcServer.builder()
                .method("known", () -> "known")
                .fallback((context, method, arguments) -> {
                    if (method.equals("refused")) {
                        throw new MethodNotFoundException("not here");
                    }
                    return method + " " + arguments + " on " + context.wire();
                });

        assertThat(run(builder, "known", "[]")).isEqualTo("\"known\"");
        assertThat(run(builder, "any.thing", "[1, null, {\"a\": [2.5]}]"))
                .contains("any.thing")
                .contains("[1, null, {a=[2.5]}]")
                .contains("Positional");
        assertThat(run(builder, "named", "{\"b\": \"x\", \"a\": true}"))
                .contains("{b=x, a=true}")
                .contains("Named");
        assertThat(run(builder, "none", null)).contains("[]");
        assertThatThrownBy(() -> run(builder, "named", "7")).isInstanceOf(InvalidArgumentsException.class);
        assertThatThrownBy(() -> run(builder, "refused", "[]")).isInstanceOf(MethodNotFoundException.class);
        assertThat(builder.build().describe().methods())
                .extracting(ServiceDescription.Method::name)
                .containsExactly("known");
        assertThat(((MultiWireServer) builder.build()).dispatcher().has("other"))
                .isFalse();
    }

    /** Static methods. */
    public static final class Statics {
        private Statics() {}

        /** Static. */
        public static String who(RpcContext context, int number) {
            return context.wire() + number;
        }

        /** Not static. */
        public String instance() {
            return "";
        }
    }

    @Test
    void staticMethodsOfAClass() throws Exception {
        RpcServer.Builder builder = RpcServer.builder()
                .staticMethods(Statics.class)
                .staticMethods(Math.class, Target.namespace("math").withVersion("1.0"));

        assertThat(run(builder, "who", "[7]")).isEqualTo("\"recorded7\"");
        assertThat(run(builder, "math.floorMod", "[-1, 3]")).isEqualTo("2");
        assertThat(run(builder, "math.hypot", "[3, 4]")).isEqualTo("5.0");
        assertThatThrownBy(() -> run(builder, "instance", "[]")).isInstanceOf(MethodNotFoundException.class);
        assertThatThrownBy(() -> run(builder, "math.powerOfTwoD", "[1]")).isInstanceOf(MethodNotFoundException.class);
        assertThatThrownBy(() -> RpcServer.builder().staticMethods(Object.class).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("public static methods");
    }

    @SuppressWarnings("unused")
    static class Open {
        public String create(String name, @Remaining Map<String, Integer> others) {
            return name + others;
        }
    }

    @Test
    void remainingArgumentsAreThoseThatNoParameterClaims() throws Exception {
        RpcServer.Builder builder = RpcServer.builder().endpoint(new Open());

        assertThat(run(builder, "create", "{\"size\": 3, \"name\": \"a\", \"others\": 4}"))
                .isEqualTo("\"a{size=3, others=4}\"");
        assertThat(run(builder, "create", "[\"a\"]")).isEqualTo("\"a{}\"");
        assertThat(run(builder, "create", "{\"name\": \"a\"}")).isEqualTo("\"a{}\"");
        assertThatThrownBy(() -> run(builder, "create", "[\"a\", {}]"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessage("create(name: string, **others: integer) takes 1 argument, 2 given");
        assertThatThrownBy(() -> run(builder, "create", "{\"size\": \"3\", \"name\": \"a\"}"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessage("argument 'size' of create must be of type integer, not a string");
    }

    @Test
    void remainingMustBeATrailingMapOfNames() {
        Object first = new Object() {
            @SuppressWarnings("unused")
            public void create(@Remaining Map<String, Object> others, String name) {}
        };
        Object list = new Object() {
            @SuppressWarnings("unused")
            public void create(@Remaining List<String> others) {}
        };

        assertThatThrownBy(() -> RpcServer.builder().endpoint(first).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be the last one");
        assertThatThrownBy(() -> RpcServer.builder().endpoint(list).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be of type Map<String, T>");
    }
}
