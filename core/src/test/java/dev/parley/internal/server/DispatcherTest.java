package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessPolicy;
import dev.parley.Execution;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.CallSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DispatcherTest {
    private final DispatchedService service = new DispatchedService();

    private CallDispatcher dispatcher(Endpoint... endpoints) {
        return dispatcher((ServerBuilder) RpcServer.builder(), endpoints);
    }

    private CallDispatcher dispatcher(ServerBuilder builder, Endpoint... endpoints) {
        return new CallDispatcher(
                builder.endpoint(service).settings(),
                new MethodTable(
                        endpoints.length > 0 ? List.of(endpoints) : List.of(endpoint(service, null)), List.of(), null));
    }

    private static Endpoint endpoint(Object object, @Nullable Target target) {
        return Endpoint.of(object.getClass(), object, target, AccessPolicy.declared());
    }

    private RecordedCall run(String method, @Nullable String json) {
        return run(dispatcher(), new RecordedCall(method, json));
    }

    private static RecordedCall run(CallDispatcher dispatcher, RecordedCall call) {
        dispatcher.source(() -> {}).dispatch(call);
        return call;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "add     | [2, 3]                                 | 5",
                "add     | {\"b\": 3, \"a\": 2}                   | 5",
                "add     | [2.0, 3]                               | 5",
                "big     | [5000000000.0]                         | 5000000000",
                "huge    | [1180591620717411303424]               | 1180591620717411303424",
                "half    | [3]                                    | 1.5",
                "greet   | [\"Bob\"]                              | \"hello Bob\"",
                "greet   | [\"Bob\", \"hi\", \"!\"]               | \"hi Bob!\"",
                "greet   | {\"name\": \"Bob\", \"mark\": \"?\"}   | \"hello Bob?\"",
                "sum     | [1]                                    | 1",
                "sum     | [1, 2, 3]                              | 6",
                "sum     | {\"first\": 1, \"rest\": [2, 3]}       | 6",
                "mirror  | [{\"x\": 1, \"y\": 2, \"z\": 3}]       | {\"x\":2,\"y\":1}",
                "colours | [{\"a\": \"RED\"}]                     | [\"RED\"]",
                "tomorrow| [\"2024-02-28\"]                       | \"2024-02-29\"",
                "echo    | [null]                                 | null",
                "echo    | [{\"a\": [1, 2.5, true, null, \"é\"]}] | {\"a\":[1,2.5,true,null,\"é\"]}",
                "later   | [1]                                    | 2",
                "range   | [3]                                    | [0,1,2]",
                "iterator| []                                     | [\"a\",\"b\"]",
                "nothing | []                                     | null",
                "get_server | []                                  | \"it\"",
            })
    void callsAndItsResult(String method, String arguments, String result) throws Exception {
        assertThat(run(method, arguments).result()).isEqualTo(result);
    }

    @Test
    void noArgumentsAtAll() throws Exception {
        assertThat(run("nothing", null).result()).isEqualTo("null");
        assertThat(run("nothing", "null").result()).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "add    | [1]                          | takes 2 arguments, 1 given",
                "add    | [1, 2, 3]                    | takes 2 arguments, 3 given",
                "add    | {\"a\": 1}                   | is missing argument 'b'",
                "add    | {\"a\": 1, \"b\": 2, \"c\": 3} | has no parameter 'c'",
                "add    | [1, \"2\"]                   | argument 'b' of add must be of type integer, not a string",
                "add    | [1, 2.5]                     | argument 'b' of add must be of type integer",
                "add    | [1, null]                    | argument 'b' of add must be of type integer",
                "add    | [1, 99999999999]             | argument 'b' of add must be of type integer",
                "add    | [1, 1e999999999]             | argument 'b' of add must be of type integer",
                "add    | [1, [2]]                     | argument 'b' of add must be of type integer",
                "add    | 5                            | must be an array or an object, not a number",
                "greet  | []                           | takes at least 1 argument, 0 given",
                "greet  | [1]                          | argument 'name' of greet must be of type string",
                "mirror | [{\"x\": \"a\"}]             | argument 'point' of mirror must be of type object",
            })
    void argumentsThatDoNotFit(String method, String arguments, String message) {
        assertThatThrownBy(() -> run(method, arguments).result())
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void argumentsThatCannotBeParsed() {
        assertThatThrownBy(() -> run("add", "[1, ").result()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> run("echo", "[".repeat(500)).result())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("limit");
    }

    @ParameterizedTest
    @CsvSource({"nosuch", "toString", "hashCode", "wait", "getClass", "hidden", "packagePrivate", "getServer"})
    void whatIsNotExposedIsNotFound(String method) {
        assertThatThrownBy(() -> run(method, "[]").result())
                .isInstanceOf(MethodNotFoundException.class)
                .hasMessage("Endpoint does not support RPC method " + method);
    }

    @Test
    void javaExceptionsGoOutUnderThePythonName() {
        assertThatThrownBy(() -> run("fails", "[]").result()).isInstanceOfSatisfying(RemoteException.class, e -> {
            assertThat(e.type()).isEqualTo("ValueError");
            assertThat(e.module()).isEqualTo("builtins");
            assertThat(e.remoteMessage()).isEqualTo("bad thing");
            assertThat(e.traceback()).isEmpty();
        });
        assertThatThrownBy(() -> run("laterFails", "[]").result())
                .isInstanceOfSatisfying(
                        RemoteException.class,
                        e -> assertThat(e.remoteMessage()).isEqualTo("no luck"));
    }

    @Test
    void aMethodMayChooseCodeAndData() {
        assertThatThrownBy(() -> run("coded", "[]").result()).isInstanceOfSatisfying(RemoteException.class, e -> {
            assertThat(e.type()).isEqualTo("NotFound");
            assertThat(e.code()).isEqualTo(404);
            assertThat(e.data()).isEqualTo(Map.of("job", 7));
        });
    }

    @Test
    void tracesLeaveTheProcessOnlyIfAsked() {
        CallDispatcher open = dispatcher((ServerBuilder) RpcServer.builder().includeStackTraces(true));

        assertThatThrownBy(() -> run(open, new RecordedCall("fails", "[]")).result())
                .isInstanceOfSatisfying(
                        RemoteException.class,
                        e -> assertThat(String.join("", e.traceback()))
                                .contains("bad thing")
                                .contains("DispatchedService"));
    }

    @Test
    void aResultThatCannotBeEncoded() {
        assertThatThrownBy(() -> run("cyclic", "[]").result())
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("cyclic");
    }

    @Test
    void streamsStreamWhereTheWireCan() throws Exception {
        RecordedCall call = new RecordedCall("range", "[3]");
        call.streams = true;
        assertThat(run(dispatcher(), call).result()).isEqualTo("{\"streamed\":[0,1,2]}");

        RecordedCall published = new RecordedCall("published", "[200]");
        published.streams = true;
        assertThat(run(dispatcher(), published).outcome.get(10, TimeUnit.SECONDS))
                .isEqualTo(Map.of(
                        "streamed", Stream.iterate(0, i -> i + 1).limit(200).toList()));
    }

    @Test
    void theContextReachesTheMethod() throws Exception {
        RecordedCall call = new RecordedCall("who", "[\"hi\"]");
        call.context = Map.of("user", "ann");

        assertThat(run(dispatcher(), call).result()).isEqualTo("\"hi ann on recorded\"");
    }

    @Test
    void aCallPastItsDeadlineIsNotRun() {
        RecordedCall call = new RecordedCall("add", "[1, 2]");
        call.deadline = Instant.now().minusSeconds(1);

        assertThatThrownBy(() -> run(dispatcher(), call).result()).isInstanceOf(RpcTimeoutException.class);
    }

    @Test
    void cancellingInterruptsTheMethod() throws Exception {
        RecordedCall call = run("sleeps", "[]");
        assertThat(service.started.await(10, TimeUnit.SECONDS)).isTrue();

        call.cancel();

        assertThat(service.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(call::result).isInstanceOf(RemoteException.class);
    }

    static class Versioned {
        private final String answer;

        Versioned(String answer) {
            this.answer = answer;
        }

        public String which() {
            return answer;
        }
    }

    private static String which(CallDispatcher dispatcher, @Nullable String namespace, @Nullable String version)
            throws Exception {
        RecordedCall call = new RecordedCall("which", "[]");
        call.namespace = namespace;
        call.version = version;
        return run(dispatcher, call).result();
    }

    @Test
    void theFirstEndpointThatFitsWins() throws Exception {
        CallDispatcher dispatcher = dispatcher(
                endpoint(new Versioned("plain"), null),
                endpoint(new Versioned("2.3"), Target.none().withVersion("2.3")),
                endpoint(
                        new Versioned("control"),
                        Target.namespace("control").withVersion("2.0").withLegacyNamespaces("old")));

        assertThat(which(dispatcher, null, null)).isEqualTo("\"plain\"");
        assertThat(which(dispatcher, null, "1.0")).isEqualTo("\"plain\"");
        assertThat(which(dispatcher, null, "2.1")).isEqualTo("\"2.3\"");
        assertThat(which(dispatcher, "control", "2.0")).isEqualTo("\"control\"");
        assertThat(which(dispatcher, "old", "2.0")).isEqualTo("\"control\"");
        assertThat(run(dispatcher, new RecordedCall("control.which", "[]")).result())
                .isEqualTo("\"control\"");
        assertThatThrownBy(() -> which(dispatcher, null, "2.4"))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessage("Endpoint does not support RPC version 2.4. Attempted method: which");
        assertThatThrownBy(() -> which(dispatcher, "control", "1.0")).isInstanceOf(UnsupportedVersionException.class);
        assertThatThrownBy(() -> which(dispatcher, null, "x")).isInstanceOf(UnsupportedVersionException.class);
        assertThatThrownBy(() -> which(dispatcher, "nowhere", null)).isInstanceOf(MethodNotFoundException.class);
    }

    @Test
    void interceptorsStandAroundTheMethodInOrder() throws Exception {
        CallDispatcher dispatcher = dispatcher((ServerBuilder) RpcServer.builder()
                .interceptor((context, next) -> "outer(" + next.proceed() + ")")
                .interceptor((context, next) -> context.method() + "=" + next.proceed()));

        assertThat(run(dispatcher, new RecordedCall("add", "[1, 2]")).result()).isEqualTo("\"outer(add=3)\"");
    }

    @Test
    void aSerializerSeesArgumentsResultAndContext() throws Exception {
        Serializer serializer = new Serializer() {
            @Override
            public @Nullable Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return "<" + entity + " for " + context.get("user") + ">";
            }

            @Override
            public @Nullable Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return entity instanceof Integer number ? number * 10 : entity;
            }

            @Override
            public Map<String, @Nullable Object> deserializeContext(Map<String, @Nullable Object> context) {
                return Map.of("user", "<" + context.get("user") + ">");
            }
        };
        RecordedCall call = new RecordedCall("add", "[1, 2]");
        call.context = Map.of("user", "ann");

        assertThat(run(dispatcher((ServerBuilder) RpcServer.builder().serializer(serializer)), call)
                        .result())
                .isEqualTo("\"<30 for <ann>>\"");
    }

    @Test
    void pastTheBoundCallsWaitAndTheWireIsPaused() throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch resumed = new CountDownLatch(1);
        Object endpoint = new Object() {
            @SuppressWarnings("unused")
            public void work() throws InterruptedException {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                started.countDown();
                go.await();
                running.decrementAndGet();
            }
        };
        CallDispatcher dispatcher = dispatcher(
                (ServerBuilder)
                        RpcServer.builder().maxConcurrentCallsPerConnection(2).maxQueuedCalls(6),
                endpoint(endpoint, null));
        List<RecordedCall> calls =
                Stream.generate(() -> new RecordedCall("work", "[]")).limit(5).toList();

        CallSource source = dispatcher.source(resumed::countDown);
        List<Boolean> goOn = calls.stream().map(source::dispatch).toList();

        assertThat(goOn).containsExactly(true, true, false, false, false);
        assertThat(resumed.getCount()).isEqualTo(1);
        assertThat(dispatcher.limiter().awaitIdle(1)).isFalse();
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        for (RecordedCall call : calls) {
            call.result();
        }
        assertThat(dispatcher.limiter().awaitIdle(TimeUnit.SECONDS.toNanos(10))).isTrue();
        assertThat(most).hasValue(2);
        assertThat(resumed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void inlineRunsOnTheWiresThread() throws Exception {
        Object endpoint = new Object() {
            @SuppressWarnings("unused")
            public String thread() {
                return Thread.currentThread().getName();
            }
        };
        String here = Thread.currentThread().getName();

        assertThat(run(
                                dispatcher(
                                        (ServerBuilder) RpcServer.builder().execution(Execution.inline()),
                                        endpoint(endpoint, null)),
                                new RecordedCall("thread", "[]"))
                        .result())
                .isEqualTo("\"" + here + "\"");
        assertThat(run(
                                dispatcher(
                                        (ServerBuilder) RpcServer.builder().execution("thread", Execution.pool(1)),
                                        endpoint(endpoint, null)),
                                new RecordedCall("thread", "[]"))
                        .result())
                .isEqualTo("\"parley-call-1\"");
    }

    @Test
    void policiesDecideWhatIsOffered() throws Exception {
        assertThat(Endpoint.of(DispatchedService.class, service, null, AccessPolicy.explicit())
                        .methods())
                .containsOnlyKeys("get_server");
        class Child extends DispatchedService {
            @SuppressWarnings("unused")
            public void own() {}
        }
        Child child = new Child();
        assertThat(Endpoint.of(Child.class, child, null, AccessPolicy.declared())
                        .methods())
                .containsOnlyKeys("own", "get_server");
        assertThat(Endpoint.of(Child.class, child, null, AccessPolicy.legacy()).methods())
                .containsKeys("own", "add")
                .doesNotContainKeys("toString", "hidden");
    }

    @Test
    void twoMethodsThatCannotBeDistinguishedAreRefusedAtOnce() {
        Object endpoint = new Object() {
            @SuppressWarnings("unused")
            public void same(int a) {}

            @SuppressWarnings("unused")
            public void same(Integer a) {}
        };

        assertThatThrownBy(() -> endpoint(endpoint, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("@Expose");
    }

    @Test
    void theDescriptionHasSignatures() {
        assertThat(dispatcher().describe().methods().stream()
                        .filter(method -> method.name().matches("add|greet|sum|who|later"))
                        .map(method -> method.signature()))
                .containsExactly(
                        "add(a: integer, b: integer) -> integer",
                        "greet(name: string, greeting: string = \"hello\", mark: string?) -> string",
                        "later(value: integer) -> integer",
                        "sum(first: integer, *rest: integer) -> integer",
                        "who(greeting: string) -> string");
    }
}
