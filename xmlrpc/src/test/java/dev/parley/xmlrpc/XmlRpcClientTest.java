package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription.Method;
import dev.parley.TypeRef;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a server that answers whatever the test says, and against Parley's over the other transports. */
@Timeout(60)
class XmlRpcClientTest {
    private HttpServer peer;
    private volatile int status = 200;
    private volatile String answer = "";
    private volatile boolean hold;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() {
        peer = HttpServer.builder()
                .handle("/", this::answer)
                .handle("/RPC2", this::answer)
                .handle("/a/b", this::answer)
                .build()
                .start();
    }

    private void answer(HttpExchange exchange) {
        requests.add(exchange.path() + " " + exchange.header("Content-Type") + " " + exchange.header("Authorization")
                + " " + new String(exchange.body(), UTF_8));
        HttpResponse response = HttpResponse.of(status, "text/xml", answer.getBytes(UTF_8));
        if (!hold) {
            exchange.respond(response);
        }
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    private RpcClient connect(String path) {
        return RpcClient.connect("xmlrpc+http://127.0.0.1:" + peer.port() + path);
    }

    private static String response(String... values) {
        StringBuilder xml = new StringBuilder("<?xml version='1.0'?>\n<methodResponse>\n<params>\n");
        for (String value : values) {
            xml.append("<param>\n<value>").append(value).append("</value>\n</param>\n");
        }
        return xml + "</params>\n</methodResponse>\n";
    }

    private static String fault(int code, String text) {
        return "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value><int>"
                + code
                + "</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>" + text
                + "</string></value>\n</member>\n</struct></value>\n</fault>\n</methodResponse>\n";
    }

    @Test
    void whatIsSent() {
        answer = response("<int>5</int>");
        try (RpcClient client = connect("")) {
            assertThat(client.call("ns.add", int.class, 2, "<3>")).isEqualTo(5);
        }
        try (RpcClient client = connect("/")) {
            client.call("x", int.class);
        }
        try (RpcClient client = RpcClient.connect("xmlrpc+http://ann:s%40cret@127.0.0.1:" + peer.port() + "/a/b")) {
            client.call("x", int.class);
        }
        assertThat(requests)
                .containsExactly(
                        "/RPC2 text/xml null <?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>ns.add</methodName><params>"
                                + "<param><value><int>2</int></value></param><param><value><string>&lt;3&gt;</string></value></param></params></methodCall>",
                        "/ text/xml null <?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>x</methodName><params></params></methodCall>",
                        "/a/b text/xml Basic YW5uOnNAY3JldA== <?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>x</methodName><params></params></methodCall>");
    }

    @Test
    void oneValueSeveralOrNone() {
        try (RpcClient client = connect("/RPC2")) {
            answer = response("<array><data><value><int>1</int></value></data></array>");
            assertThat(client.call("x", new TypeRef<List<Integer>>() {})).containsExactly(1);
            answer = response("<int>1</int>", "<string>two</string>", "<array><data/></array>");
            assertThat(client.call("x", Object.class)).isEqualTo(List.of(1, "two", List.of()));
            answer = response("<int>1</int>", "<int>2</int>");
            assertThat(client.call("x", new TypeRef<List<Integer>>() {})).containsExactly(1, 2);
            assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(SerializationException.class);
            answer = response();
            assertThat(client.call("x", Object.class)).isNull();
            assertThat(client.call("x", void.class)).isNull();
            assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(SerializationException.class);
            answer = response("<string>x</string>");
            assertThat(client.call("x", void.class)).isNull();
            assertThatThrownBy(() -> client.call("x", int.class))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("result of x is not of type int");
        }
    }

    @Test
    void faultsBecomeExceptions() {
        try (RpcClient client = connect("/RPC2")) {
            answer = fault(1, "&lt;class 'ZeroDivisionError'&gt;:division by zero");
            assertThatThrownBy(() -> client.call("divide", int.class, 1, 0))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ZeroDivisionError");
                        assertThat(e.remoteMessage()).isEqualTo("division by zero");
                        assertThat(e.code()).isEqualTo(1);
                    });
            answer = fault(1, "&lt;class 'Exception'&gt;:method \"x\" is not supported");
            assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(MethodNotFoundException.class);
            answer = fault(-32601, "no such thing");
            assertThatThrownBy(() -> client.callAsync("x", int.class).join())
                    .hasCauseInstanceOf(MethodNotFoundException.class);
        }
    }

    @Test
    void whatIsNoResponse() {
        try (RpcClient client = connect("/RPC2")) {
            for (String wrong : List.of(
                    "",
                    "hello",
                    "<methodResponse/>",
                    "<methodResponse><params>",
                    "<methodResponse><params><value/></params></methodResponse>",
                    "<methodResponse><fault><value><struct/></value></fault></methodResponse>",
                    "<methodResponse><fault/></methodResponse>",
                    "<!DOCTYPE x><methodResponse/>")) {
                answer = wrong;
                assertThatThrownBy(() -> client.call("x", Object.class))
                        .as(wrong)
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining(
                                switch (wrong) {
                                    case "" -> "empty body";
                                    case "hello" -> "what is not XML-RPC; it says: hello";
                                    default -> "the response is not an XML-RPC response";
                                });
            }
            answer = response("<int>5</int>");
            assertThat(client.call("x", int.class)).isEqualTo(5);
        }
    }

    @Test
    void everyCutResponseIsAnError() {
        String whole = response("<array><data><value>a</value><value><int>1</int></value></data></array>");
        try (RpcClient client = connect("/RPC2")) {
            for (int length = 0; length < whole.strip().length(); length++) {
                answer = whole.substring(0, length);
                assertThatThrownBy(() -> client.call("x", Object.class))
                        .as("%d bytes", length)
                        .isInstanceOfAny(ProtocolException.class, SerializationException.class);
            }
        }
    }

    @Test
    void otherStatusesAndNoPasswordInTheirErrors() {
        try (RpcClient client = RpcClient.connect("xmlrpc+http://ann:secret@127.0.0.1:" + peer.port() + "/RPC2")) {
            answer = response("<int>5</int>");
            status = 404;
            assertThatThrownBy(() -> client.call("x", int.class))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("HTTP status 404")
                    .hasMessageContaining("ann:***@127.0.0.1")
                    .hasMessageNotContaining("secret");
            for (int other : new int[] {204, 302, 400, 500, 502}) {
                status = other;
                assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(ProtocolException.class);
            }
            status = 401;
            assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(AccessDeniedException.class);
            status = 503;
            assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(OverloadedException.class);
        }
    }

    @Test
    void timeoutsAndCancellation() throws Exception {
        hold = true;
        answer = response("<int>5</int>");
        try (RpcClient client = connect("/RPC2")) {
            RpcClient hasty = client.prepare(options -> options.withTimeout(Duration.ofMillis(200)));
            assertThatThrownBy(() -> hasty.call("slow", int.class))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessage("no response to slow within 200 ms");
            CompletableFuture<Integer> future = client.callAsync("slow", int.class);
            assertThat(future.cancel(true)).isTrue();
            assertThat(future).isCancelled();
        }
    }

    @Test
    void closingFailsAsynchronousCallsAndAwaitsCasts() throws Exception {
        hold = true;
        answer = response("<int>5</int>");
        RpcClient client = connect("/RPC2");
        CompletableFuture<Integer> future = client.callAsync("slow", int.class);
        while (requests.isEmpty()) {
            Thread.sleep(5);
        }
        client.close();
        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLostException.class);
        assertThatThrownBy(() -> client.call("x", int.class)).isInstanceOf(ConnectionLostException.class);
        hold = false;
        RpcClient other = connect("/RPC2");
        for (int i = 0; i < 50; i++) {
            other.cast("note", i);
        }
        other.close();
        assertThat(requests).hasSize(51);
    }

    @Test
    void whatIsNeverSent() {
        try (RpcClient client = connect("/RPC2")) {
            assertThatThrownBy(() -> client.call("x", int.class, Args.named("a", 1)))
                    .isInstanceOf(InvalidArgumentsException.class);
            assertThatThrownBy(() -> client.call("x", int.class, 1, 1L << 40))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("argument 2 of x cannot be sent")
                    .hasMessageContaining("i8=true");
            assertThatThrownBy(() -> client.cast("x", "\0"))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("U+0000 at index 0");
            assertThatThrownBy(() -> client.call("x\u0001", int.class))
                    .hasMessageContaining("the method's name cannot be sent");
        }
        try (RpcClient client = connect("/RPC2?nil=false")) {
            assertThatThrownBy(() -> client.call("x", int.class, (Object) null))
                    .isInstanceOf(SerializationException.class);
        }
        assertThat(requests).isEmpty();
    }

    @Test
    void aPeerWithoutIntrospection() {
        answer = fault(1, "&lt;class 'Exception'&gt;:method \"system.listMethods\" is not supported");
        try (RpcClient client = connect("/RPC2")) {
            assertThatThrownBy(client::describe)
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("has no system.listMethods");
        }
    }

    public static final class Echo {
        /** What it is told. */
        public Object echo(Object value) {
            return value;
        }

        public void quiet() {}

        public String who(RpcContext context) {
            return (context.principal() == null ? "nobody" : context.principal().getName()) + " by "
                    + context.metadata().get("content-type");
        }
    }

    @Test
    void throughAUnixSocket(@TempDir Path folder) {
        String address = "xmlrpc+unix://" + folder.resolve("parley.sock") + "?path=/rpc&i8=true";
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Echo())
                        .listen(address)
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThat(client.call("echo", Object.class, 1L << 40)).isEqualTo(1L << 40);
        }
    }

    @Test
    void credentialsOfTheAddressAreDemanded() {
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Echo())
                .listen("xmlrpc+http://ann:secret@127.0.0.1:0")
                .build()
                .start()) {
            int port = server.addresses().getFirst().port(-1);
            try (RpcClient client = RpcClient.connect("xmlrpc+http://ann:secret@127.0.0.1:" + port);
                    RpcClient wrong = RpcClient.connect("xmlrpc+http://ann:wrong@127.0.0.1:" + port);
                    RpcClient none = RpcClient.connect("xmlrpc+http://127.0.0.1:" + port)) {
                assertThat(client.call("who", String.class)).isEqualTo("ann by text/xml");
                assertThatThrownBy(() -> wrong.call("echo", Object.class, "x"))
                        .isInstanceOf(AccessDeniedException.class);
                assertThatThrownBy(() -> none.call("echo", Object.class, "x"))
                        .isInstanceOf(AccessDeniedException.class);
            }
        }
    }

    @Test
    void whatAParleyPeerTells() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Echo())
                        .listen("xmlrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThat(client.describe().methods())
                    .extracting(Method::signature)
                    .containsExactly("echo(arg1: any) -> any", "quiet() -> null", "who() -> string");
        }
    }
}
