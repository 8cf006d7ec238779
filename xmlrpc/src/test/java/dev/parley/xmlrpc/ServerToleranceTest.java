package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server towards clients that ask as real ones do, byte by byte. */
@Timeout(60)
class ServerToleranceTest {
    public static final class Service {
        public int none() {
            return 42;
        }

        public boolean not(boolean value) {
            return !value;
        }

        public String kind(Object value) {
            return (value == null ? "null" : value.getClass().getSimpleName()) + ":" + value;
        }

        public String text(String value) {
            return value + "|" + value.length();
        }
    }

    private RpcServer server;

    @BeforeEach
    void start() {
        server = RpcServer.builder()
                .endpoint(new Service())
                .listen("xmlrpc+http://127.0.0.1:0")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Sends a request as it is, closes the sending half, and returns the whole response. */
    private String exchange(String head, byte[] body) throws IOException {
        int port = server.addresses().getFirst().port(0);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1));
            socket.getOutputStream().write(body);
            StringBuilder response = new StringBuilder();
            while (response.indexOf("</methodResponse>") < 0) {
                int b = socket.getInputStream().read();
                if (b < 0) {
                    break;
                }
                response.append((char) b);
            }
            return response.toString();
        }
    }

    private String exchange(byte[] body) throws IOException {
        return exchange("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n", body);
    }

    private static byte[] call(String method, String value) {
        return ("<?xml version=\"1.0\"?><methodCall><methodName>" + method + "</methodName><params><param><value>"
                        + value + "</value></param></params></methodCall>")
                .getBytes(UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not | <boolean> true </boolean> | <boolean>0</boolean>",
                "not | <boolean>0</boolean> | <boolean>1</boolean>",
                "not | <boolean>yes</boolean> | -32700",
                "kind | <ex:i8>1024</ex:i8> | Integer:1024",
                "kind | <ex:nil/> | null:null",
                "kind | <dateTime.iso8601/> | null:null",
                "kind | <double>12345678901234567.25</double> | BigDecimal:12345678901234567.25",
                "text | <int>0</int> | -32602",
            })
    void values(String method, String value, String response) throws IOException {
        assertThat(exchange(call(method, value))).contains(response);
    }

    @Test
    void documents() throws IOException {
        String none = "<methodCall><methodName>none</methodName></methodCall>";
        assertThat(exchange(none.getBytes(UTF_8))).contains("<int>42</int>");
        assertThat(exchange(("\n<?xml version=\"1.0\"?>" + none).getBytes(UTF_8)))
                .contains("<int>42</int>");
        assertThat(exchange(("\uFEFF" + none).getBytes(UTF_8))).contains("<int>42</int>");
        assertThat(exchange(
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=iso-8859-1\r\n",
                        new String(call("text", "mühle"), UTF_8).getBytes(ISO_8859_1)))
                .contains("|5");
    }

    @Test
    void heads() throws IOException {
        byte[] none = "<methodCall><methodName>none</methodName></methodCall>".getBytes(UTF_8);
        assertThat(exchange("POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\n", none))
                .contains("<int>42</int>");
        assertThat(exchange("POST /RPC2 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n", none))
                .contains("100 Continue", "<int>42</int>");
        for (String coding : new String[] {"utf-8", "identity", "UTF-8", "none"}) {
            assertThat(exchange("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Encoding: " + coding + "\r\n", none))
                    .contains("<int>42</int>");
        }
        assertThat(exchange("POST /RPC2?key=1 HTTP/1.1\r\nHost: x\r\n", none)).contains("<int>42</int>");
    }
}
