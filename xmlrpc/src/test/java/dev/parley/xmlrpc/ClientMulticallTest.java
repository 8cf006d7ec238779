package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcBatch.Result;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.TypeRef;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches by system.multicall, and one by one where the server does not know it. */
@Timeout(60)
class ClientMulticallTest {
    public static final class Service {
        final List<String> noted = new CopyOnWriteArrayList<>();

        public int add(int a, int b) {
            return a + b;
        }

        public List<Integer> one() {
            return List.of(1);
        }

        public Map<String, Object> fault() {
            return Map.of("faultCode", 1, "text", "no fault");
        }

        public void fail(String text) {
            throw new IllegalArgumentException(text);
        }

        public byte[] bytes() {
            return new byte[] {1, 2};
        }

        public LocalDateTime time() {
            return LocalDateTime.of(2026, 11, 22, 20, 15);
        }

        public void note(String text) {
            noted.add(text);
        }
    }

    @Test
    void againstAParleyServer() {
        Service service = new Service();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(service)
                        .listen("xmlrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toString())) {
            RpcBatch batch = client.batch();
            Result<Integer> sum = batch.call("add", int.class, 2, 3);
            Result<Void> failed = batch.call("fail", void.class, "bad");
            batch.cast("note", "hello");
            Result<List<Integer>> one = batch.call("one", new TypeRef<List<Integer>>() {});
            Result<Object> fault = batch.call("fault", Object.class);
            Result<byte[]> bytes = batch.call("bytes", byte[].class);
            Result<LocalDateTime> time = batch.call("time", LocalDateTime.class);
            Result<Object> unknown = batch.call("nosuch", Object.class);
            Result<Object> unsendable = batch.call("add", Object.class, 1L << 40, 1);
            Result<Object> named = batch.call("add", Object.class, Args.named(Map.of("a", 1)));
            assertThat(batch.send()).containsExactly(sum, failed, one, fault, bytes, time, unknown, unsendable, named);
            assertThat(sum.get()).isEqualTo(5);
            assertThatThrownBy(failed::get).isInstanceOf(RemoteException.class).hasMessageContaining("bad");
            assertThat(service.noted).containsExactly("hello");
            assertThat(one.get()).containsExactly(1);
            assertThat(fault.get()).isEqualTo(Map.of("faultCode", 1, "text", "no fault"));
            assertThat(bytes.get()).containsExactly(1, 2);
            assertThat(time.get()).isEqualTo(LocalDateTime.of(2026, 11, 22, 20, 15));
            assertThat(unknown.error()).isInstanceOf(MethodNotFoundException.class);
            assertThat(unsendable.error())
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("argument 1 of add");
            assertThat(named.error()).isInstanceOf(InvalidArgumentsException.class);
        }
    }

    private final List<String> requests = new CopyOnWriteArrayList<>();

    private interface Check {
        void check(RpcClient client);
    }

    private void withPeer(Function<String, HttpResponse> peer, Check check) {
        try (HttpServer server = HttpServer.builder()
                        .handle("/RPC2", exchange -> respond(exchange, peer))
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("xmlrpc+http://127.0.0.1:" + server.port())) {
            check.check(client);
        }
    }

    private void respond(HttpExchange exchange, Function<String, HttpResponse> peer) {
        String body = new String(exchange.body(), UTF_8);
        String method = body.replaceAll("(?s).*?<methodName>(.*?)</methodName>.*", "$1");
        requests.add(method);
        exchange.respond(peer.apply(method));
    }

    private static HttpResponse value(String value) {
        return HttpResponse.of(
                200,
                "text/xml",
                ("<methodResponse><params><param><value>" + value + "</value></param></params></methodResponse>")
                        .getBytes(UTF_8));
    }

    private static HttpResponse fault(int code, String text) {
        return HttpResponse.of(
                200,
                "text/xml",
                ("<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>" + code
                                + "</int></value></member><member><name>faultString</name><value>" + text
                                + "</value></member></struct></value></fault></methodResponse>")
                        .getBytes(UTF_8));
    }

    private static List<Result<?>> two(RpcClient client) {
        RpcBatch batch = client.batch();
        batch.call("a", Object.class);
        batch.call("b", Object.class);
        return batch.send();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1|&lt;class 'Exception'&gt;:method \"system.multicall\" is not supported",
                "-506|Method 'system.multicall' not defined",
                "1|Method system.multicall missing or wrong number of parameters!",
                "200|Method error: Unknown method: system.multicall",
                "-32601|method not found",
                "0|No such method: system.multicall",
                "404|",
            })
    void withoutMulticallTheCallsAreMadeOneByOne(String refusal) {
        int code = Integer.parseInt(refusal.substring(0, refusal.indexOf('|')));
        String text = refusal.substring(refusal.indexOf('|') + 1);
        withPeer(
                method -> !method.equals("system.multicall")
                        ? value("<string>" + method + "</string>")
                        : code == 404 ? HttpResponse.empty(404) : fault(code, text),
                client -> {
                    assertThat(two(client))
                            .extracting(result -> (Object) result.get())
                            .containsExactly("a", "b");
                    assertThat(two(client))
                            .extracting(result -> (Object) result.get())
                            .containsExactly("a", "b");
                    assertThat(requests).containsExactly("system.multicall", "a", "b", "a", "b");
                });
    }

    @Test
    void anyOtherFaultIsThatOfEachCall() {
        withPeer(method -> fault(5, "the multicall of multiple calls failed"), client -> {
            assertThat(two(client))
                    .allSatisfy(result -> assertThat(result.error())
                            .isInstanceOf(RemoteException.class)
                            .hasMessage("the multicall of multiple calls failed"));
            assertThat(requests).containsExactly("system.multicall");
        });
    }

    @Test
    void resultsThatAreNotWrapped() {
        withPeer(
                method -> value("<array><data><value><string>x</string></value><value><array><data>"
                        + "<value><int>1</int></value></data></array></value></data></array>"),
                client -> assertThat(two(client))
                        .extracting(result -> (Object) result.get())
                        .containsExactly("x", List.of(1)));
    }

    @Test
    void theFlatDescriptionOfSupervisor() {
        withPeer(
                method -> value(
                        method.equals("system.listMethods")
                                ? "<array><data><value>proc.start</value><value>system.multicall</value></data></array>"
                                : "<array><data><value><array><data><value>boolean</value><value>string</value></data>"
                                        + "</array></value><value>Starts a process.</value></data></array>"),
                client -> {
                    assertThat(client.describe().methods()).hasSize(1);
                    Method start = client.describe().methods().getFirst();
                    assertThat(start.doc()).isEqualTo("Starts a process.");
                    assertThat(start.result()).isEqualTo(ValueType.BOOLEAN);
                    assertThat(start.parameters())
                            .extracting(parameter -> parameter.type())
                            .containsExactly(ValueType.STRING);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<int>5</int>",
                "<array><data/></array>",
                "<array><data><value><array><data><value>1</value></data></array></value></data></array>"
            })
    void resultsThatDoNotFitTheCalls(String value) {
        withPeer(
                method -> value(value),
                client -> assertThat(two(client))
                        .allSatisfy(result -> assertThat(result.error()).isInstanceOf(ProtocolException.class)));
    }

    @Test
    void aBatchOfOneIsACall() {
        withPeer(method -> value("<int>5</int>"), client -> {
            RpcBatch batch = client.batch();
            Result<Integer> five = batch.call("a", int.class);
            batch.send();
            assertThat(five.get()).isEqualTo(5);
            assertThat(requests).containsExactly("a");
        });
    }
}
