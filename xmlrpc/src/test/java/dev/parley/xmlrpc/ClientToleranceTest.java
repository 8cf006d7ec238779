package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.AccessDeniedException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.net.http.ContentCoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client towards servers that respond as real ones do, byte by byte. */
@Timeout(60)
class ClientToleranceTest {
    private static final String DECLARATION = "<?xml version=\"1.0\"?>";

    private ServerSocket listener;
    private volatile byte[] response = {};

    @BeforeEach
    void start() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::serve);
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private void serve() {
        while (true) {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                while (!request.toString(ISO_8859_1).endsWith("</methodCall>")) {
                    request.write(in.read());
                }
                socket.getOutputStream().write(response);
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private RpcClient client() {
        return RpcClient.connect("xmlrpc+http://127.0.0.1:" + listener.getLocalPort());
    }

    private Object call() {
        return call(Object.class);
    }

    private <T> T call(Class<T> type) {
        try (RpcClient client = client()) {
            return client.call("m", type);
        }
    }

    private RpcException failure() {
        return catchThrowableOfType(RpcException.class, this::call);
    }

    private void willRespond(String head, byte[] body) {
        byte[] start = ("HTTP/1.1 " + head + "\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(start);
        out.writeBytes(body);
        response = out.toByteArray();
    }

    private void willRespond(String document) {
        willRespond("200 OK\r\nContent-Type: text/xml", document.getBytes(UTF_8));
    }

    private void willReturn(String value) {
        willRespond(DECLARATION + "<methodResponse><params><param>" + value + "</param></params></methodResponse>");
    }

    private static String fault(String struct) {
        return DECLARATION + "<methodResponse><fault>" + struct + "</fault></methodResponse>";
    }

    private static String fault(int code, String text) {
        return fault("<value><struct><member><name>faultCode</name><value><int>" + code
                + "</int></value></member><member><name>faultString</name><value>" + text
                + "</value></member></struct></value>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n\n<?xml version=\"1.0\"?>",
                "\uFEFF<?xml version=\"1.0\"?>",
                "\uFEFF\r\n<?xml version='1.0' encoding='UTF-8'?>",
                " \t\n\uFEFF<?xml version=\"1.0\"?>",
                "\n",
                "<?xml version=\"1.0\"?>\n<!-- cached -->\n",
            })
    void whateverPrecedesTheDocument(String start) {
        willRespond(start + "<methodResponse><params><param><value>hü</value></param></params></methodResponse>");
        assertThat(call()).isEqualTo("hü");
    }

    @Test
    void charsets() {
        String document = "<methodResponse><params><param><value>Windmühle</value></param></params></methodResponse>";
        byte[] latin = ("\n<?xml version='1.0' encoding='ISO-8859-1' ?>" + document).getBytes(ISO_8859_1);
        willRespond("200 OK\r\nContent-Type: text/xml; charset=iso-8559-1", latin);
        assertThat(call()).isEqualTo("Windmühle");
        willRespond("200 OK\r\nContent-Type: text/xml; charset=\"ISO-8859-1\"", document.getBytes(ISO_8859_1));
        assertThat(call()).isEqualTo("Windmühle");
        willRespond("200 OK\r\nContent-Type: text/xml; charset=iso-8859-1", document.getBytes(UTF_8));
        assertThat(call()).isEqualTo("Windmühle");
        willRespond("200 OK\r\nContent-Type: text/xml; charset=utf-8", document.getBytes(ISO_8859_1));
        assertThat(failure()).isInstanceOf(ProtocolException.class).hasMessageContaining("is not valid UTF-8");
        willRespond("200 OK\r\nContent-Type: text/xml", ("\uFEFF" + document).getBytes(UTF_16LE));
        assertThat(call()).isEqualTo("Windmühle");
    }

    @ParameterizedTest
    @CsvSource({"UTF-8", "identity", "none", "''"})
    void contentEncodingsThatAreNone(String coding) {
        byte[] body = (DECLARATION + "<methodResponse><params><param><value><int>5</int></value></param></params>"
                        + "</methodResponse>")
                .getBytes(UTF_8);
        willRespond("200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: " + coding, body);
        assertThat(call()).isEqualTo(5);
    }

    @Test
    void gzipAndOddInterimResponses() {
        byte[] document = (DECLARATION + "<methodResponse><params><param><value><int>5</int></value></param></params>"
                        + "</methodResponse>")
                .getBytes(UTF_8);
        willRespond("200 OK\r\nContent-Encoding: gzip", ContentCoding.gzip(document));
        assertThat(call()).isEqualTo(5);
        willRespond("100\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK", document);
        assertThat(call()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "<boolean>true</boolean>, true",
        "<boolean>False</boolean>, false",
        "<boolean> 1 </boolean>, true",
        "<int>00012345678901</int>, 12345678901",
        "<i4> +7  </i4>, 7",
        "<double>0.1</double>, 0.1",
        "<double>0.10000000000000001</double>, 0.1",
        "<double>20999999.97690000</double>, 2.09999999769E7",
        "<double>-0.0</double>, -0.0",
        "<double>-inf</double>, -Infinity",
        "<dateTime.iso8601>20261122T20:15:00</dateTime.iso8601>, 2026-11-22T20:15",
        "<dateTime.iso8601>Sun 22 Nov 2026</dateTime.iso8601>, Sun 22 Nov 2026",
        "<dateTime.iso8601>20261322T20:15:00</dateTime.iso8601>, 20261322T20:15:00",
    })
    void scalarsAsServersWriteThem(String element, String value) {
        willReturn("<value>" + element + "</value>");
        assertThat(String.valueOf(call())).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678901234567.25",
                "0.1234567890123456789012",
                "1e400",
                "-1E-400",
                "1.2345678901e-320",
                "9999999999999999.9"
            })
    void decimalsBeyondADoubleKeepTheirDigits(String digits) {
        willReturn("<value><double>" + digits + "</double></value>");
        assertThat(call()).isEqualTo(new BigDecimal(digits));
        assertThat(call(BigDecimal.class)).isEqualTo(new BigDecimal(digits));
        assertThat(call(Double.class)).isEqualTo(Double.valueOf(digits));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "00000000T00:00:00Z",
                "0000-00-00T00:00:00",
                "00000000T00:00:00",
                "-0001-11-30T00:00:00+00:00",
                "-00011130T00:00:00"
            })
    void noDateIsNull(String text) {
        willReturn("<value><struct><member><name>title</name><value>Draft</value></member><member><name>date_gmt</name>"
                + "<value><dateTime.iso8601>" + text + "</dateTime.iso8601></value></member></struct></value>");
        Map<String, Object> post = new LinkedHashMap<>();
        post.put("title", "Draft");
        post.put("date_gmt", null);
        assertThat(call()).isEqualTo(post);
        assertThat(call(Post.class)).isEqualTo(new Post("Draft", null));
    }

    record Post(String title, LocalDateTime date_gmt) {}

    @Test
    void anUnreadableDateFailsOnlyWhereADateIsWanted() {
        willReturn("<value><dateTime.iso8601>yesterday</dateTime.iso8601></value>");
        assertThat(call(String.class)).isEqualTo("yesterday");
        assertThatThrownBy(() -> call(LocalDateTime.class))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("yesterday");
    }

    @Test
    void valuesWithoutTheirTags() {
        willReturn("<struct><member><name>a</name><array><data><int>1</int><value><i4>2</i4></value></data></array>"
                + "</member><member><name>b</name><value><array><value>x</value></array></value></member></struct>");
        assertThat(call()).isEqualTo(Map.of("a", List.of(1, 2), "b", List.of("x")));
        willReturn("<int>5</int>");
        assertThat(call(int.class)).isEqualTo(5);
        willReturn("");
        assertThat(call()).isNull();
        willReturn("<array><value><array><data/></array></value><value><struct/></value></array>");
        assertThat(call()).isEqualTo(List.of(List.of(), Map.of()));
    }

    @Test
    void peerProfiles() {
        willReturn(
                "<value><struct><member><name>title</name><value><boolean>0</boolean></value></member></struct></value>");
        try (RpcClient odoo = RpcClient.connect("xmlrpc+http://127.0.0.1:" + listener.getLocalPort() + "?peer=odoo")) {
            assertThat(odoo.call("m", Post.class)).isEqualTo(new Post(null, null));
        }
        assertThatThrownBy(() -> call(Post.class))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("peer=odoo");
    }

    @Test
    void namesOnLinesOfTheirOwn() {
        willReturn("<value><struct><member><name>\n  bar\n </name><value>1</value></member>"
                + "<member><name> kept </name><value>2</value></member>"
                + "<member><name>&#10;kept</name><value>3</value></member></struct></value>");
        assertThat(call()).isEqualTo(Map.of("bar", "1", " kept ", "2", "\nkept", "3"));
    }

    @Test
    void base64WithLineBreaks() {
        willReturn("<value><base64>\nSGVsbG8s\r\nIFdvcmxkIQ==\n</base64></value>");
        assertThat(call(byte[].class)).isEqualTo("Hello, World!".getBytes(UTF_8));
    }

    @Test
    void faultsInEveryShape() {
        willRespond(
                DECLARATION + "\n<methodResponse>\n<fault>\n<value>\n<struct>\n<member>\n<name>\n faultCode\n </name>\n"
                        + "<value>\n<i4>\n -32700\n</i4>\n</value>\n</member>\n<member>\n<name>\n faultString\n</name>\n<value>\n"
                        + "Parse error\n</value>\n</member>\n</struct>\n</value>\n</fault>\n</methodResponse>");
        assertThat(failure()).hasMessageContaining("Parse error");
        assertThat(failure().code()).isEqualTo(-32700);
        willRespond(fault("<struct><member><name>faultString</name><value>wrong</value></member>"
                + "<member><name> faultcode </name><value>12</value></member></struct>"));
        assertThat(failure()).isInstanceOf(RemoteException.class).hasMessage("wrong");
        assertThat(failure().code()).isEqualTo(12);
        willRespond(fault("<value><struct><member><name>faultString</name><value>only this</value></member></struct>"
                + "</value>"));
        assertThat(failure()).isInstanceOf(RemoteException.class).hasMessage("only this");
        willRespond(fault("<value>just text</value>"));
        assertThat(failure()).isInstanceOf(RemoteException.class).hasMessage("just text");
        willRespond(fault("<value><struct><member><name/><value><int></int></value></member></struct></value>"));
        assertThat(failure()).isInstanceOf(ProtocolException.class);
    }

    @Test
    void faultsUnderAnErrorStatus() {
        for (String status :
                List.of("500 Internal Server Error", "400 Bad Request", "403 Forbidden", "404 Not Found")) {
            for (String start : List.of("", "\n\uFEFF")) {
                willRespond(
                        status + "\r\nContent-Type: text/html",
                        (start + fault(-503, "Call refused by the filter")).getBytes(UTF_8));
                assertThat(failure()).isInstanceOf(RemoteException.class).hasMessage("Call refused by the filter");
                assertThat(failure().code()).isEqualTo(-503);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-506, Method 'nosuch' not defined",
        "1, Method nosuch missing or wrong number of parameters!",
        "1, UNKNOWN_METHOD",
        "200, Method error: Unknown method: nosuch",
        "-32601, server error. requested method nosuch does not exist.",
    })
    void unknownMethodsInEveryDialect(int code, String text) {
        willRespond(fault(code, text));
        assertThat(failure()).isInstanceOf(MethodNotFoundException.class).hasMessage(text);
        assertThat(failure().code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"-506, index out of range", "1, no such job", "200, all is well"})
    void codesOfUnknownMethodsThatMeanSomethingElse(int code, String text) {
        willRespond(fault(code, text));
        assertThat(failure()).isInstanceOf(RemoteException.class).hasMessage(text);
    }

    @Test
    void redirectsAreNamed() {
        willRespond(
                "301 Moved Permanently\r\nLocation: https://ann:secret@shop.example/RPC2?key=secret",
                "moved".getBytes(UTF_8));
        assertThat(failure())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("301")
                .hasMessageContaining("https://shop.example/RPC2")
                .message()
                .doesNotContain("secret");
        willRespond("308 Permanent Redirect", new byte[0]);
        assertThat(failure()).hasMessageContaining("without a Location");
    }

    @Test
    void otherBodiesAreQuoted() {
        willRespond("503 Service Unavailable", "Work queue depth\u001b exceeded\n".getBytes(UTF_8));
        assertThat(failure())
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("503")
                .hasMessageEndingWith("it says: Work queue depth? exceeded");
        willRespond("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"", new byte[0]);
        assertThat(failure()).isInstanceOf(AccessDeniedException.class).hasMessageEndingWith("missing");
        willRespond(
                "502 Bad Gateway\r\nX-Id: 7\r\nSet-Cookie: s=secret",
                "<html><head><title>502 Bad Gateway</title><style>b{}</style></head><body><h1>nginx</h1></body>"
                        .getBytes(UTF_8));
        RpcException gateway = failure();
        assertThat(gateway)
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("HTTP status 502")
                .hasMessageEndingWith("an HTML page that says: 502 Bad Gateway nginx");
        assertThat(gateway.data())
                .isEqualTo(Map.of(
                        "status",
                        502,
                        "url",
                        "http://127.0.0.1:" + listener.getLocalPort() + "/RPC2",
                        "headers",
                        Map.of("x-id", "7", "set-cookie", "***", "content-length", "94"),
                        "body",
                        "502 Bad Gateway nginx"));
        willRespond("500 Oops", "x".repeat(100_000).getBytes(UTF_8));
        assertThat(failure().getMessage()).hasSizeLessThan(600).endsWith("xxx…");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><html><body>Log in, please</body></html>",
                "\n\uFEFF<HTML><body>Log in, please</body></HTML>",
                "<br />\n<b>Log in</b>, please",
            })
    void htmlPagesAreCalledSo(String page) {
        willRespond(page);
        assertThat(failure())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("an HTML page that says: Log in")
                .hasMessageContaining("please");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<value>a\u001bb</value> | U+001B",
                "<value><struct><member><name>bar</name></member></struct></value> | expected <value>",
                "<value><int></int></value> | not a whole number",
                "<value><int>1_000</int></value> | not a whole number",
                "<value><boolean>maybe</boolean></value> | not 0 or 1",
                "<value><date>x</date></value> | unknown type",
                "<date>x</date> | expected <value>",
                "<value>1</value><value>2</value> | expected </param>",
            })
    void whatStaysRefused(String value, String reason) {
        willReturn(value);
        assertThat(failure()).isInstanceOf(ProtocolException.class).hasMessageContaining(reason);
    }

    @Test
    void aBodyThatIsLongerThanItsLengthIsNotTakenAsWhole() {
        byte[] body = (DECLARATION
                        + "<methodResponse><params><param><value>äöü</value></param></params></methodResponse>")
                .getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("HTTP/1.1 200 OK\r\nContent-Length: " + (body.length - 3) + "\r\n\r\n").getBytes(ISO_8859_1));
        out.writeBytes(body);
        response = out.toByteArray();
        assertThat(failure()).isInstanceOf(ProtocolException.class);
    }
}
