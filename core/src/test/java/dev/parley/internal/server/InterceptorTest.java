package dev.parley.internal.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.ServerInterceptor;
import dev.parley.Target;
import dev.parley.UnsupportedVersionException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Interceptors surround every call, also those that never reach a method. */
class InterceptorTest {
    private final List<String> log = new CopyOnWriteArrayList<>();

    private ServerInterceptor logging(String name) {
        return (context, next) -> {
            log.add(name + " before " + context.method());
            try {
                Object result = next.proceed();
                log.add(name + " after " + result);
                return result;
            } catch (Throwable e) {
                log.add(name + " failed with " + e.getClass().getSimpleName());
                throw e;
            }
        };
    }

    private static RpcServer server(ServerInterceptor... interceptors) {
        RpcServer.Builder builder = RpcServer.builder()
                .endpoint(new DispatchedService(), Target.namespace("control").withVersion("2.0"))
                .endpoint(new DispatchedService());
        for (ServerInterceptor interceptor : interceptors) {
            builder.interceptor(interceptor);
        }
        return builder.build();
    }

    private String run(String method, String arguments, ServerInterceptor... interceptors) throws Exception {
        return TestServer.call(server(interceptors), method, arguments).result();
    }

    @Test
    void theFirstOneAddedIsOutermost() throws Exception {
        assertThat(run("add", "[1, 2]", logging("a"), logging("b"))).isEqualTo("3");

        assertThat(log).containsExactly("a before add", "b before add", "b after 3", "a after 3");
    }

    @Test
    void theySeeUnknownMethods() {
        assertThatThrownBy(() -> run("nosuch", "[]", logging("a"))).isInstanceOf(MethodNotFoundException.class);

        assertThat(log).containsExactly("a before nosuch", "a failed with MethodNotFoundException");
    }

    @Test
    void withoutThemUnknownMethodsFailFast() {
        DispatchedService service = new DispatchedService();
        RpcServer busy =
                RpcServer.builder().endpoint(service).maxConcurrentCalls(1).build();
        RecordedCall running = TestServer.call(busy, "sleeps", "[]");

        assertThat(TestServer.call(busy, "nosuch", "[]").outcome).isCompletedExceptionally();
        running.cancel();
    }

    @Test
    void theySeeUnsupportedVersions() {
        RecordedCall call = new RecordedCall("add", "[1, 2]");
        call.namespace = "control";
        call.version = "3.0";

        assertThatThrownBy(() -> TestServer.call(server(logging("a")), call).result())
                .isInstanceOf(UnsupportedVersionException.class);

        assertThat(log).containsExactly("a before add", "a failed with UnsupportedVersionException");
    }

    @Test
    void theySeeArgumentsThatDoNotMatch() {
        assertThatThrownBy(() -> run("add", "[1]", logging("a"))).isInstanceOf(InvalidArgumentsException.class);

        assertThat(log).containsExactly("a before add", "a failed with InvalidArgumentsException");
    }

    @Test
    void theySeeCallsWhoseDeadlineHasPassed() {
        RecordedCall call = new RecordedCall("add", "[1, 2]");
        call.deadline = Instant.now().minusSeconds(1);

        assertThatThrownBy(() -> TestServer.call(server(logging("a")), call).result())
                .isInstanceOf(RpcTimeoutException.class);

        assertThat(log).containsExactly("a before add", "a failed with RpcTimeoutException");
    }

    @Test
    void theyMayReplaceAMethod() throws Exception {
        assertThat(run("nosuch", "[1]", (context, next) -> Map.of("instead", context.method())))
                .isEqualTo("{\"instead\":\"nosuch\"}");
        assertThat(run("add", "[1, 2]", (context, next) -> "result " + next.proceed()))
                .isEqualTo("\"result 3\"");
    }

    @Test
    void whatTheyThrowIsTheFailure() {
        assertThatThrownBy(() -> run("add", "[1, 2]", (context, next) -> {
                    throw new IllegalStateException("closed");
                }))
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.type()).isEqualTo("RuntimeError"));
    }

    @Test
    void proceedingTwiceIsRefused() {
        assertThatThrownBy(() -> run("add", "[1, 2]", (context, next) -> {
                    next.proceed();
                    return next.proceed();
                }))
                .hasMessageContaining("proceed() may be called once");
    }

    private CompletableFuture<@Nullable Throwable> completion(RecordedCall call) {
        CompletableFuture<@Nullable Throwable> completion = new CompletableFuture<>();
        TestServer.call(
                server((context, next) -> {
                    context.onComplete(error -> {
                        log.add("complete");
                        completion.complete(error);
                    });
                    return next.proceed();
                }),
                call);
        return completion;
    }

    private @Nullable Throwable completion(String method, String arguments) throws Exception {
        return completion(new RecordedCall(method, arguments)).get(10, SECONDS);
    }

    @Test
    void onCompleteReceivesTheOutcomeOfEachKindOfMethod() throws Exception {
        assertThat(completion("add", "[1, 2]")).isNull();
        assertThat(completion("nothing", "[]")).isNull();
        assertThat(completion("later", "[1]")).isNull();
        assertThat(completion("range", "[3]")).isNull();
        assertThat(completion("published", "[3]")).isNull();
        assertThat(completion("fails", "[]")).isInstanceOf(IllegalArgumentException.class);
        assertThat(completion("laterFails", "[]")).isInstanceOf(IllegalArgumentException.class);
        assertThat(completion("nosuch", "[]")).isInstanceOf(MethodNotFoundException.class);
        assertThat(completion("add", "[]")).isInstanceOf(InvalidArgumentsException.class);
        assertThat(completion("cyclic", "[]")).isInstanceOf(SerializationException.class);
        assertThat(completion("breaks", "[2]")).isInstanceOf(IllegalStateException.class);
        assertThat(log).hasSize(11);
    }

    @Test
    void aStreamThatFailsLaterIsNotASuccess() throws Exception {
        RecordedCall call = new RecordedCall("breaks", "[2]");
        call.streams = true;

        assertThat(completion(call).get(10, SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("item 2");
    }

    @Test
    void aStreamWhoseReaderLeavesIsCancelled() throws Exception {
        RecordedCall call = new RecordedCall("cancels", "[]");
        call.streams = true;
        CompletableFuture<@Nullable Throwable> completion = new CompletableFuture<>();
        RpcServer server = RpcServer.builder()
                .method(
                        "cancels",
                        () -> Stream.iterate(0, i -> i + 1).peek(i -> {
                            if (i == 3) {
                                call.cancel();
                            }
                        }))
                .interceptor((context, next) -> {
                    context.onComplete(completion::complete);
                    return next.proceed();
                })
                .build();

        TestServer.call(server, call);

        assertThat(completion.get(10, SECONDS)).isInstanceOf(CancellationException.class);
    }

    @Test
    void actionsRunOnceInTheirOrderAndTheirFailuresAreLogged() throws Exception {
        CompletableFuture<String> done = new CompletableFuture<>();
        RpcServer server = RpcServer.builder()
                .endpoint(new DispatchedService())
                .interceptor((context, next) -> {
                    context.onComplete(error -> {
                        throw new IllegalStateException("of an action");
                    });
                    context.onComplete(error -> {
                        log.add("second");
                        // The call is complete: this one runs at once.
                        context.onComplete(again -> log.add("late " + again));
                        done.complete("");
                    });
                    return next.proceed();
                })
                .build();

        RecordedCall call = TestServer.call(server, "add", "[1, 2]");

        assertThat(call.result()).isEqualTo("3");
        done.get(10, SECONDS);
        assertThat(log).containsExactly("second", "late null");
    }

    @Test
    void progressReachesTheWireUntilTheCallIsComplete() throws Exception {
        RpcServer server = RpcServer.builder()
                .method("none", () -> null)
                .interceptor((context, next) -> {
                    context.progress(1, 4.0, "copying");
                    context.progress(2.5, null, null);
                    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
                        assertThatThrownBy(() -> context.progress(wrong, null, null))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("done must be");
                    }
                    assertThatThrownBy(() -> context.progress(1, -2.0, null))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("total must be");
                    context.onComplete(error -> context.progress(4, 4.0, "too late"));
                    return next.proceed();
                })
                .build();

        RecordedCall call = TestServer.call(server, "none", null);

        assertThat(call.result()).isEqualTo("null");
        assertThat(call.progress).containsExactly("1.0 of 4.0: copying", "2.5 of null: null");
    }

    @Test
    void theContextTellsWhatIsAbsentByNull() throws Exception {
        String seen = run(
                "nosuch",
                "[]",
                (context, next) -> List.of(
                        String.valueOf(context.namespace()),
                        String.valueOf(context.version()),
                        String.valueOf(context.remoteAddress()),
                        String.valueOf(context.principal()),
                        String.valueOf(context.deadline()),
                        String.valueOf(context.remaining())));

        assertThat(seen).isEqualTo("[\"null\",\"null\",\"null\",\"null\",\"null\",\"null\"]");
    }
}
