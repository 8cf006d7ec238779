package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the socket, byte by byte where it matters. */
@Timeout(60)
class XmlRpcServerTest {
    public static final class Service {
        public int add(int a, int b) {
            return a + b;
        }

        public Object echo(Object value) {
            return value;
        }

        public String greet(String name, Optional<String> greeting) {
            return greeting.orElse("hello") + " " + name;
        }

        public void nothing() {}

        public void fail(String message) {
            throw new IllegalArgumentException(message);
        }

        public long big() {
            return 1L << 40;
        }

        public String large() {
            return "x".repeat(24_000);
        }

        public String agent(RpcContext context) {
            return context.metadata().get("user-agent") + " " + context.wire();
        }
    }

    private RpcServer server;
    private HttpClient http;

    private void serve(String options, Limits limits) {
        server = RpcServer.builder()
                .endpoint(new Service())
                .limits(limits)
                .listen("xmlrpc+http://127.0.0.1:0" + options)
                .build()
                .start();
        Address address = server.addresses().getFirst();
        String path = address.path().isEmpty() ? "/RPC2" : address.path();
        http = HttpClient.builder(URI.create("http://127.0.0.1:" + address.port(-1) + path))
                .build();
    }

    @AfterEach
    void stop() {
        if (http != null) {
            http.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private String post(String body) {
        HttpResponse response =
                http.post(Headers.of("Content-Type", "text/xml"), body.getBytes(UTF_8), Duration.ofSeconds(20));
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers().first("Content-Type")).isEqualTo("text/xml");
        return new String(response.body(), UTF_8);
    }

    private static String call(String method, String... values) {
        StringBuilder xml =
                new StringBuilder("<?xml version='1.0'?><methodCall><methodName>" + method + "</methodName><params>");
        for (String value : values) {
            xml.append("<param><value>").append(value).append("</value></param>");
        }
        return xml + "</params></methodCall>";
    }

    private static String result(String value) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodResponse><params><param><value>" + value
                + "</value></param></params></methodResponse>";
    }

    private static String fault(int code, String text) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodResponse><fault>" + faultStruct(code, text)
                + "</fault></methodResponse>";
    }

    private static String faultStruct(int code, String text) {
        return "<value><struct><member><name>faultCode</name><value><int>" + code
                + "</int></value></member><member><name>faultString</name><value><string>" + text
                + "</string></value></member></struct></value>";
    }

    private void stillServes() {
        assertThat(post(call("add", "<int>2</int>", "<int>3</int>"))).isEqualTo(result("<int>5</int>"));
    }

    @Test
    void aCallAndItsAnswer() {
        serve("", Limits.defaults());
        stillServes();
        assertThat(post(call("echo", "<i8>5</i8>"))).isEqualTo(result("<int>5</int>"));
        assertThat(post(call("nothing"))).isEqualTo(result("<nil/>"));
        assertThat(post("<methodCall><methodName> nothing </methodName></methodCall>"))
                .isEqualTo(result("<nil/>"));
        assertThat(post(call("echo", "<double>inf</double>"))).isEqualTo(result("<double>Infinity</double>"));
        assertThat(post(call("echo", "<dateTime.iso8601>20261122T20:15:07</dateTime.iso8601>")))
                .isEqualTo(result("<dateTime.iso8601>20261122T20:15:07</dateTime.iso8601>"));
        assertThat(post(call("agent"))).contains("Parley").contains("xmlrpc+http");
    }

    @Test
    void pathsWhereTheAddressGivesNone() {
        serve("", Limits.defaults());
        int port = server.addresses().getFirst().port(-1);
        try (HttpClient root = HttpClient.builder(URI.create("http://127.0.0.1:" + port + "/"))
                        .build();
                HttpClient other = HttpClient.builder(URI.create("http://127.0.0.1:" + port + "/other"))
                        .build()) {
            byte[] body = call("nothing").getBytes(UTF_8);
            assertThat(root.post(Headers.empty(), body, Duration.ofSeconds(20)).status())
                    .isEqualTo(200);
            assertThat(other.post(Headers.empty(), body, Duration.ofSeconds(20)).status())
                    .isEqualTo(404);
            assertThat(root.send("GET", Headers.empty(), new byte[0], Duration.ofSeconds(20))
                            .status())
                    .isEqualTo(405);
        }
    }

    @Test
    void theAddressesPathAlone() {
        serve("/some/path", Limits.defaults());
        stillServes();
        int port = server.addresses().getFirst().port(-1);
        try (HttpClient other = HttpClient.builder(URI.create("http://127.0.0.1:" + port + "/RPC2"))
                .build()) {
            assertThat(other.post(Headers.empty(), new byte[0], Duration.ofSeconds(20))
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void faults() {
        serve("", Limits.defaults());
        assertThat(post(call("fail", "<string>bad &lt;thing&gt;</string>")))
                .isEqualTo(fault(-32500, "ValueError: bad &lt;thing&gt;"));
        assertThat(post(call("fail", "<string>tab\tand umlaut ü</string>"))).contains("tab\tand umlaut ü");
        assertThat(post(call("nosuch"))).contains("<int>-32601</int>").contains("nosuch");
        assertThat(post(call("toString"))).contains("<int>-32601</int>");
        assertThat(post(call("add", "<int>1</int>")))
                .contains("<int>-32602</int>")
                .contains("takes 2 arguments, 1 given");
        assertThat(post(call("add", "<int>1</int>", "<int>1</int>", "<int>1</int>")))
                .contains("takes 2 arguments, 3 given");
        assertThat(post(call("add", "<int>1</int>", "<string>1</string>")))
                .contains("<int>-32602</int>")
                .contains("'b'");
        assertThat(post(call("add", "<int>1</int>", "<int>9999999999</int>"))).contains("<int>-32602</int>");
        assertThat(post(call("add", "<int>1</int>", "<int>x</int>")))
                .contains("<int>-32700</int>")
                .contains("'x' is not a whole number");
        assertThat(post(call("big"))).contains("<int>-32015</int>").contains("i8=true");
        stillServes();
    }

    @Test
    void faultsAsPythonWordsThem() {
        serve("/RPC2?faults=python", Limits.defaults());
        assertThat(post(call("fail", "bad"))).isEqualTo(fault(1, "&lt;class 'ValueError'&gt;:bad"));
        assertThat(post(call("nosuch"))).contains("<int>1</int>").contains("&lt;class 'Exception'&gt;:");
        assertThat(post(call("add"))).contains("&lt;class 'TypeError'&gt;:");
    }

    @Test
    void faultTextsThatXmlCannotCarry() {
        serve("", Limits.defaults());
        // Base64 lets a control character in.
        assertThat(post(call("fail", "<base64>AGE=</base64>"))).contains("<fault>");
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{\"jsonrpc\":\"2.0\"}",
                "<methodCall>",
                "<methodCall><methodName>add</methodName><params><param><value><int>1</int></value></param>",
                "<methodCall><methodName></methodName></methodCall>",
                "<methodCall><methodName>a<b/></methodName></methodCall>",
                "<methodCall><params/></methodCall>",
                "<methodResponse/>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><methodCall><methodName>echo</methodName><params><param><value>&e;</value></param></params></methodCall>",
                "<methodCall><methodName>echo</methodName><params><param><value>&e;</value></param></params></methodCall>",
                "<methodCall><methodName>echo</methodName><params><value>1</value></params></methodCall>",
                "<methodCall><methodName>echo</methodName><params><param><value>1</value></param></params><params/></methodCall>",
                "<methodCall><methodName>echo</methodName><params><param><value>1</value></param></params></methodCall>junk",
                "<methodCall><methodName>nothing</methodName><fault/></methodCall>"
            })
    void whatIsNoCall(String body) {
        serve("", Limits.defaults());
        assertThat(post(body))
                .contains("<fault>")
                .containsAnyOf("<int>-32700</int>", "<int>-32600</int>")
                .doesNotContain("root:");
        stillServes();
    }

    @Test
    void cutBytes() {
        serve("", Limits.defaults());
        String whole = call("add", "<int>2</int>", "<int>3</int>");
        for (int length = 0; length < whole.length(); length++) {
            assertThat(post(whole.substring(0, length))).as("%d bytes", length).contains("<fault>");
        }
        stillServes();
    }

    @Test
    void limits() {
        serve("", Limits.defaults().withMessageBytes(100_000).withDepth(20).withStringLength(1000));
        assertThat(post(call("echo", "<array><data><value>".repeat(30) + "</value></data></array>".repeat(30))))
                .contains("<fault>")
                .contains("depth");
        assertThat(post(call("echo", "x".repeat(2000)))).contains("<fault>").contains("length");
        HttpResponse large = http.post(Headers.empty(), new byte[100_001], Duration.ofSeconds(20));
        assertThat(large.status()).isEqualTo(413);
        stillServes();
    }

    @Test
    void aLargeCall() {
        serve("", Limits.defaults());
        String text = "x".repeat(1_000_000);
        assertThat(post(call("echo", text))).isEqualTo(result("<string>" + text + "</string>"));
    }

    @Test
    void introspection() {
        serve("", Limits.defaults());
        assertThat(post(call("system.listMethods")))
                .isEqualTo(result("<array><data>"
                        + String.join(
                                "",
                                List.of(
                                                "add",
                                                "agent",
                                                "big",
                                                "echo",
                                                "fail",
                                                "greet",
                                                "large",
                                                "nothing",
                                                "system.getCapabilities",
                                                "system.listMethods",
                                                "system.methodHelp",
                                                "system.methodSignature",
                                                "system.multicall")
                                        .stream()
                                        .map(name -> "<value><string>" + name + "</string></value>")
                                        .toList())
                        + "</data></array>"));
        assertThat(signature("add")).isEqualTo(List.of(List.of("int", "int", "int")));
        assertThat(signature("greet"))
                .isEqualTo(List.of(List.of("string", "string"), List.of("string", "string", "string")));
        assertThat(signature("nothing")).isEqualTo(List.of(List.of("nil")));
        assertThat(signature("system.methodHelp")).isEqualTo(List.of(List.of("string", "string")));
        assertThat(post(call("system.methodHelp", "system.multicall"))).contains("Runs several calls");
        assertThat(post(call("system.methodHelp", "nosuch"))).contains("<int>-32601</int>");
        assertThat(post(call("system.methodHelp")))
                .contains("<int>-32602</int>")
                .contains("takes 1 argument, 0 given");
        assertThat(post(call("system.methodHelp", "<int>1</int>"))).contains("<int>-32602</int>");
        assertThat(post(call("system.getCapabilities")))
                .contains("faults_interop")
                .contains("20010516");
        assertThat(post(call("system.nosuch"))).contains("<int>-32601</int>");
    }

    private Object signature(String method) {
        byte[] answer = post(call("system.methodSignature", method)).getBytes(UTF_8);
        XmlRpcMapper mapper = XmlRpcMapper.builder().build();
        return mapper.readerFor(Object.class)
                .readValue(
                        new Messages(mapper).readResponse(answer, null, false).value());
    }

    private static String item(String method, String params) {
        return "<value><struct><member><name>methodName</name><value>" + method
                + "</value></member><member><name>params</name><value><array><data>" + params
                + "</data></array></value></member></struct></value>";
    }

    @Test
    void multicall() {
        serve("", Limits.defaults());
        String answer = post(call(
                "system.multicall",
                "<array><data>"
                        + item("add", "<value><int>1</int></value><value><int>2</int></value>")
                        + item("nosuch", "")
                        + "<value><int>1</int></value>"
                        + "<value><struct><member><name>methodName</name><value>add</value></member></struct></value>"
                        + "<value><struct><member><name>methodName</name><value><int>1</int></value></member><member><name>params</name><value/></member></struct></value>"
                        + item("system.multicall", "<value><array><data/></array></value>")
                        + item("fail", "<value>bad</value>")
                        + item("big", "")
                        + item("system.methodHelp", "<value>add</value>")
                        + item("nothing", "")
                        + item("echo", "<value><base64>AAE=</base64></value>")
                        + item("add", "<value><int>1</int></value>")
                        + "</data></array>"));
        XmlRpcMapper mapper = XmlRpcMapper.builder().build();
        List<Object> items = mapper.readerForListOf(Object.class)
                .readValue(new Messages(mapper)
                        .readResponse(answer.getBytes(UTF_8), null, false)
                        .value());
        assertThat(items).hasSize(12);
        assertThat(items.get(0)).isEqualTo(List.of(3));
        assertThat(code(items.get(1))).isEqualTo(-32601);
        assertThat(code(items.get(2))).isEqualTo(-32602);
        assertThat(text(items.get(3))).isEqualTo("a call needs params");
        assertThat(text(items.get(4))).contains("methodName must be a string");
        assertThat(text(items.get(5))).contains("cannot be called by a multicall");
        assertThat(items.get(6)).isEqualTo(Map.of("faultCode", -32500, "faultString", "ValueError: bad"));
        assertThat(code(items.get(7))).isEqualTo(-32015);
        assertThat(items.get(8)).isEqualTo(List.of(""));
        assertThat(items.get(9)).isEqualTo(Arrays.asList((Object) null));
        assertThat((byte[]) ((List<?>) items.get(10)).getFirst()).containsExactly(0, 1);
        assertThat(code(items.get(11))).isEqualTo(-32602);
        assertThat(post(call("system.multicall", "<array><data/></array>")))
                .isEqualTo(result("<array><data></data></array>"));
        for (String wrong : List.of("", "<int>1</int>", "<struct/>")) {
            assertThat(post(call("system.multicall", wrong))).contains("<int>-32602</int>");
        }
        assertThat(post(call("system.multicall"))).contains("<int>-32602</int>");
        assertThat(post(call(
                        "system.multicall",
                        "<array><data>" + item("add", "<value><int>x</int></value>") + "</data></array>")))
                .contains("<int>-32700</int>");
    }

    private static Object code(Object fault) {
        return ((Map<?, ?>) fault).get("faultCode");
    }

    private static String text(Object fault) {
        return String.valueOf(((Map<?, ?>) fault).get("faultString"));
    }

    @Test
    void aLongMulticall() {
        serve("", Limits.defaults());
        int count = 20_000;
        String answer = post(call(
                "system.multicall",
                "<array><data>"
                        + item("add", "<value><int>1</int></value><value><int>2</int></value>")
                                .repeat(count) + "</data></array>"));
        assertThat(answer.split("<int>3</int>", -1)).hasSize(count + 1);
    }

    @Test
    void aMulticallWhoseAnswerIsTooLarge() {
        serve("", Limits.defaults().withMessageBytes(100_000));
        String answer = post(
                call("system.multicall", "<array><data>" + item("large", "").repeat(100) + "</data></array>"));
        assertThat(answer)
                .contains("<int>-32015</int>")
                .contains("the results of 5 of the 100 calls exceed the limit of 100000 bytes");
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?i8=maybe", "?zone=Nowhere", "?faults=java", "?allow_none=true", "?max_connections=0"})
    void optionsThatAreWrong(String options) {
        Assertions.assertThatThrownBy(() -> serve("/RPC2" + options, Limits.defaults()))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(options.substring(1, options.indexOf('=')));
    }
}
