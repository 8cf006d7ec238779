package dev.parley.interop.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.Address;
import dev.parley.ClientInterceptor;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.interop.behaviour.BehaviourApi.Job;
import dev.parley.interop.behaviour.BehaviourApi.State;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every wire must do alike, Parley on both sides over real sockets. */
@Timeout(60)
abstract class WireBehaviour extends ErrorBehaviour {
    @Test
    void aServerCallsItsClientWhereTheWireCan() {
        RpcClient.Builder builder = RpcClient.builder(
                        server.addresses().getFirst().toUri())
                .target(clientTarget())
                .endpoint(new Callbacks());
        if (bothWays()) {
            try (RpcClient other = builder.build()) {
                assertThat(control(other).call("callBack", String.class)).isEqualTo("the client");
            }
            assertThatThrownBy(() -> control(client).call("callBack", String.class))
                    .hasMessageContaining("this client serves no methods");
        } else {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("cannot carry calls of a server to its client");
            assertThatThrownBy(() -> control(client).call("callBack", String.class, args()))
                    .hasMessageContaining("cannot carry a call to the caller of");
            assertThatThrownBy(() -> client.onDisconnect(() -> {})).isInstanceOf(InvalidTargetException.class);
        }
    }

    @Test
    void calls() {
        assertThat(client.call("add", int.class, args("a", 2, "b", 3))).isEqualTo(5);
        assertThat(api.add(-7, 3)).isEqualTo(-4);
    }

    @Test
    void valuesOfEveryKindComeBack() {
        assertThat(api.echo("grüße, 世界 🌍 <&>\n\t\"'")).isEqualTo("grüße, 世界 🌍 <&>\n\t\"'");
        assertThat(api.echo("")).isEqualTo("");
        assertThat(api.echo(true)).isEqualTo(true);
        assertThat(api.echo(Integer.MIN_VALUE)).isEqualTo(Integer.MIN_VALUE);
        assertThat(api.echo(1.5e-300)).isEqualTo(1.5e-300);
        assertThat(api.echo(List.of())).isEqualTo(List.of());
        assertThat(api.echo(Map.of())).isEqualTo(Map.of());
        Map<String, Object> nested = Map.of("a", List.of(1, "two", Map.of("c", List.of(3.5))), "", "empty name");
        assertThat(api.echo(nested)).isEqualTo(nested);
        byte[] bytes = IntStream.range(0, 256)
                .collect(() -> new java.io.ByteArrayOutputStream(), (o, b) -> o.write(b), (x, y) -> {})
                .toByteArray();
        byte[] reversed = api.reverse(bytes);
        assertThat(reversed[0]).isEqualTo((byte) 255);
        assertThat(api.reverse(reversed)).isEqualTo(bytes);
    }

    @Test
    void nullComesBack() {
        assertThat(api.echo(null)).isNull();
        List<@Nullable Object> list = Arrays.asList(1, null);
        assertThat(api.echo(list)).isEqualTo(list);
    }

    @Test
    void bigWholeNumbersKeepTheirDigits() {
        assertThat(client.call("echo", long.class, args("value", Long.MAX_VALUE)))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(client.call("echo", long.class, args("value", Long.MIN_VALUE)))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void recordsEnumsAndTimesMapAlike() {
        assertThat(api.run(new Job("build", List.of("fetch"), State.NEW, 1.25)))
                .isEqualTo(new Job("build", List.of("fetch", "done"), State.RUNNING, 2.5));
        assertThat(api.nextDay(LocalDateTime.of(2024, 2, 28, 12, 30, 59)))
                .isEqualTo(LocalDateTime.of(2024, 2, 29, 12, 30, 59));
        assertThat(api.count(List.of("b", "a", "b"))).isEqualTo(Map.of("a", 1, "b", 2));
    }

    @Test
    void optionalArgumentsMayBeLeftOut() {
        assertThat(client.call("greet", String.class, args("name", "Bob"))).isEqualTo("hello Bob");
        assertThat(api.greet("Bob", "hi", Optional.empty())).isEqualTo("hi Bob");
        assertThat(api.greet("Bob", "hi", Optional.of("!"))).isEqualTo("hi Bob!");
    }

    @Test
    void callsCanBeAsynchronousOnBothSides() throws Exception {
        List<CompletableFuture<Integer>> futures =
                IntStream.range(0, 200).mapToObj(api::later).toList();
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + 1);
        }
    }

    @Test
    void oneClientServesManyThreads() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(32)) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 640; i++) {
                int number = i;
                tasks.add(() -> api.add(number, number));
            }
            List<Future<Integer>> results = executor.invokeAll(tasks);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(2 * i);
            }
        }
    }

    @Test
    void aCastIsRunAndNotAwaited() throws Exception {
        client.cast("note", args("text", "one"));
        api.note("two");

        assertThat(List.of(taken(), taken())).containsExactlyInAnyOrder("one", "two");
    }

    private String taken() throws InterruptedException {
        return String.valueOf(service.noted.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void aBatchGivesEachCallItsOutcome() throws Exception {
        RpcBatch batch = client.batch();
        RpcBatch.Result<Integer> sum = batch.call("add", int.class, args("a", 2, "b", 3));
        batch.cast("note", args("text", "in a batch"));
        RpcBatch.Result<Void> failed = batch.call("fail", void.class, args("message", "no luck"));
        RpcBatch.Result<Object> unknown = batch.call("nosuch", Object.class);
        RpcBatch.Result<Object> echo = batch.call("echo", Object.class, args("value", List.of(1, "two")));
        assertThat(batch.send()).containsExactly(sum, failed, unknown, echo);
        assertThat(sum.get()).isEqualTo(5);
        assertThat(failed.error()).isInstanceOf(RemoteException.class).hasMessageContaining("no luck");
        assertThat(unknown.error()).isInstanceOf(MethodNotFoundException.class);
        assertThat(echo.get()).isEqualTo(List.of(1, "two"));
        assertThat(taken()).isEqualTo("in a batch");
    }

    @Test
    void streamsComeInOrder() {
        try (Stream<Integer> items = api.range(1000)) {
            assertThat(items)
                    .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
        }
        try (Stream<Integer> none = api.range(0)) {
            assertThat(none).isEmpty();
        }
        try (Stream<Integer> items = api.range(10_000)) {
            assertThat(items.limit(3).collect(Collectors.toList())).containsExactly(0, 1, 2);
        }
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void aMethodThatIsNotThere() {
        assertThatThrownBy(() -> client.call("nosuch", Object.class, args("a", 1)))
                .isInstanceOf(MethodNotFoundException.class)
                .hasMessageContaining("nosuch");
        assertThatThrownBy(() -> client.call("hashCode", Object.class)).isInstanceOf(MethodNotFoundException.class);
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void argumentsThatDoNotFit() {
        assertThatThrownBy(() -> client.call("add", int.class, args("a", 1)))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessageContaining("add");
        assertThatThrownBy(() -> client.call("add", int.class, args("a", 1, "b", 2, "c", 3)))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessageContaining("add");
        assertThatThrownBy(() -> client.call("add", int.class, args("a", 1, "b", "two")))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessageContaining("'b'");
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void aMethodThatFails() {
        assertThatThrownBy(() -> api.fail("bad thing <&>")).isInstanceOfSatisfying(RemoteException.class, e -> {
            assertThat(e.type()).isEqualTo("ValueError");
            assertThat(e.remoteMessage()).isEqualTo("bad thing <&>");
        });
        assertThatThrownBy(() -> client.callAsync("fail", void.class, args("message", "x"))
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RemoteException.class);
    }

    static class SoldOut extends RuntimeException {
        SoldOut(String message) {
            super(message);
        }
    }

    @Test
    void aFailureIsThrownAsTheCallersOwnException() {
        assertThatThrownBy(() -> api.sell("tea"))
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.type()).isEqualTo("OutOfStock"));
        try (RpcClient own = RpcClient.builder(server.addresses().getFirst().toUri())
                .target(clientTarget())
                .mapException("OutOfStock", e -> new SoldOut(e.remoteMessage()))
                .build()) {
            assertThatThrownBy(() -> own.call("sell", void.class, args("item", "tea")))
                    .isInstanceOf(SoldOut.class)
                    .hasMessage("no tea left")
                    .hasCauseInstanceOf(RemoteException.class);
            assertThatThrownBy(() -> own.callAsync("sell", void.class, args("item", "rice"))
                            .get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(SoldOut.class)
                    .hasMessage("no rice left");
            BehaviourApi typed = own.proxy(BehaviourApi.class);
            assertThatThrownBy(() -> typed.sell("milk")).isInstanceOf(SoldOut.class);
            assertThatThrownBy(() -> typed.sellLater("salt").join()).hasCauseInstanceOf(SoldOut.class);
            try (Stream<Integer> items = typed.sellMany(3)) {
                assertThatThrownBy(items::toList).isInstanceOf(SoldOut.class).hasMessage("no more than 3");
            } catch (SoldOut e) {
                // A wire without streams fails when the method is called.
                assertThat(e).hasMessage("no more than 3");
            }
            assertThatThrownBy(() -> typed.fail("other")).isInstanceOf(RemoteException.class);
            assertThat(typed.add(1, 1)).isEqualTo(2);
        }
    }

    @Test
    void aResultThatCannotBeEncodedOrRead() {
        assertThatThrownBy(() -> api.unencodable()).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> client.call("echo", int.class, args("value", "text")))
                .isInstanceOf(SerializationException.class);
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void anArgumentThatCannotBeEncoded() {
        assertThatThrownBy(() -> api.echo(service.unencodable())).isInstanceOf(SerializationException.class);
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void aCallThatTakesTooLong() {
        assertThatThrownBy(() -> client.prepare(options -> options.withTimeout(Duration.ofMillis(300)))
                        .call("sleep", String.class, args("millis", 3_000)))
                .isInstanceOf(RpcTimeoutException.class)
                .hasMessageContaining("sleep");
        assertThatThrownBy(() -> client.prepare(options -> options.withTimeout(Duration.ofMillis(300)))
                        .callAsync("sleep", String.class, args("millis", 3_000))
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RpcTimeoutException.class);
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void aBigMessageAndOneThatIsTooBig() {
        String big = "x".repeat(1 << 20);
        assertThat(api.echo(big)).isEqualTo(big);
        server.close();
        server = serverBuilder()
                .limits(Limits.defaults().withMessageBytes(100_000))
                .build();
        server.start();
        try (RpcClient other = connect()) {
            // Over a broker nobody responds.
            BehaviourApi hurried = other.prepare(options -> options.withTimeout(Duration.ofSeconds(2)))
                    .proxy(BehaviourApi.class);
            assertThatThrownBy(() -> hurried.echo(big)).isInstanceOf(RpcException.class);
            assertThat(other.proxy(BehaviourApi.class).add(1, 1)).isEqualTo(2);
        }
    }

    @Test
    void namespaceAndVersion() {
        RpcClient control =
                client.prepare(options -> options.withNamespace("control").withVersion("2.0"));
        assertThat(control.call("status", String.class)).isEqualTo("fine");
        assertThatThrownBy(() -> client.call("status", String.class)).isInstanceOf(MethodNotFoundException.class);
    }

    @Test
    void theCallersContextTravels() {
        assumeTrue(carriesContext(), "the protocol carries no context");
        assertThat(client.with(Map.of("user", "ann")).call("user", String.class))
                .startsWith("ann on ");
    }

    @Test
    void interceptorsSeeRequestAndOutcome() {
        List<String> seen = new ArrayList<>();
        ClientInterceptor interceptor = (request, next) -> {
            seen.add("before " + request.method());
            request.onComplete(
                    error -> seen.add(error == null ? "ok" : error.getClass().getSimpleName()));
            Object result = next.proceed(request);
            seen.add("after " + result);
            return result;
        };
        try (RpcClient intercepted = RpcClient.builder(
                        server.addresses().getFirst().toUri())
                .target(clientTarget())
                .interceptor(interceptor)
                .build()) {
            assertThat(intercepted.call("add", int.class, args("a", 1, "b", 2))).isEqualTo(3);
            assertThatThrownBy(() -> intercepted.call("nosuch", Object.class))
                    .isInstanceOf(MethodNotFoundException.class);
        }
        assertThat(seen).containsExactly("before add", "after 3", "ok", "before nosuch", "MethodNotFoundException");
    }

    @Test
    void thePeerTellsWhatItOffers() {
        assumeTrue(introspects(), "the protocol has no introspection");
        assertThat(client.describe().methods())
                .anySatisfy(method -> {
                    assertThat(method.name()).isEqualTo("add");
                    assertThat(method.parameters()).hasSize(2);
                    assertThat(method.doc()).isEqualTo("Adds two numbers.");
                })
                .anySatisfy(method -> assertThat(method.qualifiedName()).isEqualTo("control.status"));
    }

    @Test
    void stoppingAnswersWhatWasTaken() throws Exception {
        CompletableFuture<String> running = client.callAsync("sleep", String.class, args("millis", 500));
        assertThat(service.sleeping.await(20, TimeUnit.SECONDS)).isTrue();

        server.stop();
        assertThat(server.await(Duration.ofSeconds(20))).isTrue();

        assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo("awake");
    }

    @Test
    void aServerCanBeStartedAgain() throws Exception {
        assertThat(api.add(1, 1)).isEqualTo(2);
        server.stop();
        assertThat(server.await(Duration.ofSeconds(20))).isTrue();
        server.start();
        try (RpcClient again = connect()) {
            assertThat(again.call("add", int.class, args("a", 1, "b", 2))).isEqualTo(3);
        }
    }

    @Test
    void aServerThatIsGone() {
        assumeTrue(!brokered(), "behind a broker the call waits for a server");
        assertThat(api.add(1, 1)).isEqualTo(2);
        server.close();
        assertThatThrownBy(() -> api.add(1, 1)).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aPortThatIsTaken() {
        assumeTrue(!brokered(), "a broker's port is not bound here");
        RpcServer second = RpcServer.builder()
                .endpoint(service)
                .listen(server.addresses().getFirst().toUri())
                .build();
        Address taken = server.addresses().getFirst();
        // A socket file has no port.
        String named = taken.hosts().isEmpty() ? taken.path() : Integer.toString(taken.port(-1));
        assertThatThrownBy(second::start)
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining(named);
        assertThat(api.add(1, 1)).isEqualTo(2);
    }

    @Test
    void aClosedClientSaysSo() {
        client.close();
        assertThatThrownBy(() -> api.add(1, 1)).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void closingAClientFailsItsCallsInFlight() throws Exception {
        CompletableFuture<String> running = client.callAsync("sleep", String.class, args("millis", 5_000));
        assertThat(service.sleeping.await(20, TimeUnit.SECONDS)).isTrue();
        client.close();
        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectionLostException.class);
    }

    @Test
    void stoppingAClientLetsItsCallsComplete() throws Exception {
        CompletableFuture<String> running = client.callAsync("sleep", String.class, args("millis", 500));
        assertThat(service.sleeping.await(20, TimeUnit.SECONDS)).isTrue();
        client.stop();
        assertThatThrownBy(() -> api.add(1, 1)).isInstanceOf(ConnectionLostException.class);
        assertThat(client.await(Duration.ofSeconds(20))).isTrue();
        assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo("awake");
    }

    @Test
    void anInterruptEndsACallAndStaysSet() throws Exception {
        CompletableFuture<Throwable> error = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                client.call("sleep", String.class, args("millis", 5_000));
            } catch (RpcException e) {
                flag.complete(Thread.currentThread().isInterrupted());
                error.complete(e);
            }
        });
        assertThat(service.sleeping.await(20, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(error.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessage("interrupted while waiting for the response to sleep");
        assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void onlyAnIdempotentCallIsMadeAgain() {
        assertThatThrownBy(() -> client.call("busyTwice", int.class)).isInstanceOf(OverloadedException.class);
        service.attempts.set(0);
        assertThat(api.busyTwice()).isEqualTo(3);
    }

    @Test
    void theCodeOfAFailureComesBack() {
        for (int code : new int[] {4711, -32601, -32016}) {
            if (code == 4711 || !codesHaveMeaning()) {
                assertThatThrownBy(() -> api.failWithCode(code))
                        .isInstanceOfSatisfying(
                                RemoteException.class, e -> assertThat(e.code()).isEqualTo(code));
            } else {
                assertThatThrownBy(() -> api.failWithCode(code))
                        .isInstanceOfSatisfying(
                                RpcException.class, e -> assertThat(e.code()).isEqualTo(code));
            }
        }
    }

    @Test
    void theAddressOfAServerIsGoodForAClient() {
        server.close();
        String address = listenAddress();
        server = RpcServer.builder()
                .endpoint(service)
                .listen(address + (address.contains("?") ? "&" : "?") + serverOptions(), serverTarget())
                .build()
                .start();
        try (RpcClient other = connect()) {
            assertThat(other.call("add", int.class, args("a", 1, "b", 2))).isEqualTo(3);
        }
    }

    @Test
    void anUnknownOptionIsRefusedByName() {
        String address = server.addresses().getFirst().toUri();
        String odd = address + (address.contains("?") ? "&" : "?") + "nosuchoption=1";
        assertThatThrownBy(() -> RpcClient.builder(odd)
                        .target(clientTarget())
                        .build()
                        .call("add", int.class, args("a", 1, "b", 2)))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("nosuchoption");
    }
}
