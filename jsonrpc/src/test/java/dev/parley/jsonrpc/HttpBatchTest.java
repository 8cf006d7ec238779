package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcBatch.Result;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.SerializationException;
import dev.parley.TypeRef;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of JSON-RPC over HTTP: against Parley's server, and against one that responds whatever the test says. */
@Timeout(60)
class HttpBatchTest {
    public static final class Service {
        final List<String> noted = new CopyOnWriteArrayList<>();
        final CountDownLatch notes = new CountDownLatch(2);

        public int add(int a, int b) {
            return a + b;
        }

        public List<Integer> range(int end) {
            return java.util.stream.IntStream.range(0, end).boxed().toList();
        }

        public void fail(String text) {
            throw new IllegalArgumentException(text);
        }

        public void note(String text) {
            noted.add(text);
            notes.countDown();
        }
    }

    @Test
    void typedResultsInOrderWithFailuresAndNotifications() throws Exception {
        Service service = new Service();
        List<String> requests = new CopyOnWriteArrayList<>();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(service)
                        .listen("jsonrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client = RpcClient.builder(
                                server.addresses().getFirst().toString())
                        .interceptor((request, next) -> {
                            requests.add(request.method() + " " + request.kind());
                            return next.proceed(request);
                        })
                        .build();
                RpcClient plain = RpcClient.builder(
                                server.addresses().getFirst().toString())
                        .mapException("ValueError", e -> new UnsupportedOperationException(e.remoteMessage()))
                        .build()) {
            List<Object> endless = new ArrayList<>();
            endless.add(endless);
            for (RpcClient each : List.of(client, plain)) {
                RpcBatch batch = each.batch();
                Result<Integer> sum = batch.call("add", int.class, 2, 3);
                batch.cast("note", "hello");
                Result<Void> failed = batch.call("fail", void.class, "bad");
                Result<List<Integer>> range = batch.call("range", new TypeRef<List<Integer>>() {}, 3);
                Result<Object> unknown = batch.call("nosuch", Object.class);
                Result<String> mistyped = batch.call("add", String.class, 1, 1);
                Result<Object> unsendable = batch.call("add", Object.class, endless, 1);
                Result<Integer> named = batch.call("add", int.class, Args.named(Map.of("a", 4, "b", 5)));
                assertThat(batch.size()).isEqualTo(8);
                assertThatThrownBy(sum::get).isInstanceOf(IllegalStateException.class);

                List<Result<?>> results = batch.send();
                assertThat(results).containsExactly(sum, failed, range, unknown, mistyped, unsendable, named);
                assertThat(sum.get()).isEqualTo(5);
                assertThat(sum.error()).isNull();
                assertThatThrownBy(failed::get)
                        .isInstanceOf(each.equals(plain) ? UnsupportedOperationException.class : RemoteException.class)
                        .hasMessageContaining("bad");
                assertThat(range.get()).containsExactly(0, 1, 2);
                assertThat(unknown.error()).isInstanceOf(MethodNotFoundException.class);
                assertThat(mistyped.error()).isInstanceOf(SerializationException.class);
                assertThat(unsendable.error()).isInstanceOf(SerializationException.class);
                assertThat(named.get()).isEqualTo(9);
                assertThatThrownBy(batch::send).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> batch.call("add", int.class)).isInstanceOf(IllegalStateException.class);
            }
            service.notes.await();
            assertThat(service.noted).containsExactly("hello", "hello");
            assertThat(requests).contains("add CALL", "note CAST").hasSize(8);
            assertThat(plain.batch().send()).isEmpty();
            RpcBatch async = plain.batch();
            async.call("add", int.class, 1, 2);
            async.call("add", int.class, 3, 4);
            assertThat(async.sendAsync().get())
                    .extracting(result -> (Object) result.get())
                    .containsExactly(3, 7);
            assertThatThrownBy(() -> plain.batch()
                            .call("add", int.class, (Object[]) null)
                            .get())
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anInterceptorMayRespondOrFailByItself() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .listen("jsonrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client = RpcClient.builder(
                                server.addresses().getFirst().toString())
                        .interceptor((request, next) -> switch (request.method()) {
                            case "cached" -> 42;
                            case "refused" -> throw new InvalidArgumentsException("not today");
                            default -> next.proceed(request);
                        })
                        .build()) {
            RpcBatch batch = client.batch();
            Result<Integer> cached = batch.call("cached", int.class);
            Result<Integer> refused = batch.call("refused", int.class);
            Result<Integer> sum = batch.call("add", int.class, 1, 2);
            batch.send();
            assertThat(cached.get()).isEqualTo(42);
            assertThat(refused.error()).isInstanceOf(InvalidArgumentsException.class);
            assertThat(sum.get()).isEqualTo(3);
        }
    }

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private volatile HttpResponse response = HttpResponse.empty(200);

    private void respond(HttpExchange exchange) {
        requests.add(new String(exchange.body(), StandardCharsets.UTF_8));
        exchange.respond(response);
    }

    private interface Check {
        void check(RpcClient client) throws Exception;
    }

    private void withPeer(String options, Check check) throws Exception {
        try (HttpServer server =
                        HttpServer.builder().handle("/", this::respond).build().start();
                RpcClient client = RpcClient.connect("jsonrpc+http://127.0.0.1:" + server.port() + options)) {
            check.check(client);
        }
    }

    private void willRespond(int status, String body) {
        response = HttpResponse.of(
                status, "application/json", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static List<Result<?>> three(RpcClient client) {
        RpcBatch batch = client.batch();
        batch.call("a", int.class);
        batch.call("b", int.class);
        batch.call("c", int.class);
        return batch.send();
    }

    @Test
    void oneMessageAndResponsesInAnyOrder() throws Exception {
        withPeer("", client -> {
            willRespond(
                    200,
                    "\uFEFF[{'id':3,'result':30},{'id':'1','result':10},{'id':77,'result':0},5,{'id':2.0,'result':20}]");
            assertThat(three(client))
                    .extracting(result -> (Object) result.get())
                    .containsExactly(10, 20, 30);
            assertThat(requests.take())
                    .isEqualTo("[{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[],\"id\":1},"
                            + "{\"jsonrpc\":\"2.0\",\"method\":\"b\",\"params\":[],\"id\":2},"
                            + "{\"jsonrpc\":\"2.0\",\"method\":\"c\",\"params\":[],\"id\":3}]");
            assertThat(requests).isEmpty();
        });
    }

    @Test
    void aMissingResponseFailsItsCallOnly() throws Exception {
        withPeer("", client -> {
            willRespond(200, "[{'id':3,'result':30},{'id':1,'error':{'code':7,'message':'no'}}]");
            List<Result<?>> results = three(client);
            assertThat(results.get(0).error())
                    .isInstanceOf(RemoteException.class)
                    .hasMessage("no");
            assertThat(results.get(1).error())
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("none to the call of b");
            assertThat((Object) results.get(2).get()).isEqualTo(30);
            willRespond(200, "");
            assertThat(three(client))
                    .allSatisfy(result -> assertThat(result.error()).isInstanceOf(ProtocolException.class));
            willRespond(200, "[{'id':7,'result':7},{'id':null,'error':{'code':-32600,'message':'bad'}}]");
            results = three(client);
            assertThat((Object) results.get(0).get()).isEqualTo(7);
            assertThat(results.get(1).error()).hasMessage("bad");
        });
    }

    @Test
    void anErrorForTheWholeBatch() throws Exception {
        withPeer("", client -> {
            willRespond(200, "{'id':null,'error':{'code':-32600,'message':'no batches here'}}");
            assertThat(three(client))
                    .allSatisfy(result -> assertThat(result.error())
                            .isInstanceOf(ProtocolException.class)
                            .hasMessage("no batches here"));
            willRespond(500, "oops");
            assertThat(three(client))
                    .allSatisfy(result -> assertThat(result.error())
                            .isInstanceOf(ProtocolException.class)
                            .hasMessageContaining("oops"));
            assertThat(requests).hasSize(2);
        });
    }

    @Test
    void notificationsAlone() throws Exception {
        withPeer("", client -> {
            response = HttpResponse.empty(204);
            RpcBatch batch = client.batch();
            batch.cast("a");
            batch.cast("b", 1);
            assertThat(batch.send()).isEmpty();
            assertThat(requests.take())
                    .isEqualTo("[{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[]},"
                            + "{\"jsonrpc\":\"2.0\",\"method\":\"b\",\"params\":[1]}]");
        });
    }

    @Test
    void version1HasNoBatches() throws Exception {
        withPeer("?version=1.0", client -> {
            willRespond(200, "{'id':null,'result':5,'error':null}");
            assertThat(three(client))
                    .extracting(result -> (Object) result.get())
                    .containsExactly(5, 5, 5);
            assertThat(requests).hasSize(3);
        });
    }

    @Test
    void aLostConnectionFailsAllAndNothingIsSentAgain() throws Exception {
        RpcClient client;
        try (HttpServer server =
                HttpServer.builder().handle("/", this::respond).build().start()) {
            client = RpcClient.builder("jsonrpc+http://127.0.0.1:" + server.port())
                    .options(options -> options.withIdempotent(true))
                    .build();
        }
        assertThat(three(client))
                .allSatisfy(result -> assertThat(result.error()).isInstanceOf(ConnectionLostException.class));
        client.close();
        assertThat(three(client))
                .allSatisfy(result -> assertThat(result.error()).isInstanceOf(ConnectionLostException.class));
    }
}
