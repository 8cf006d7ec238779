package dev.parley.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.http.HttpResponseException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Faults keep their code and what else they hold; the HTTP response is a field of each error that came by one. */
@Timeout(60)
class HttpResponseExceptionTest {
    private volatile HttpResponse response = HttpResponse.empty(200);
    private final HttpServer server =
            HttpServer.builder().handle("/", e -> e.respond(response)).build().start();
    private final RpcClient client = RpcClient.connect("xmlrpc+http://127.0.0.1:" + server.port() + "/");

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private RpcException failure(int status, String body) {
        response = HttpResponse.of(status, "text/xml", body.getBytes(StandardCharsets.UTF_8))
                .with("X-Request-Id", "17");
        RpcException error = catchThrowableOfType(RpcException.class, () -> client.call("m", int.class));
        HttpResponseException http = HttpResponseException.of(error);
        assertThat(http).isNotNull();
        assertThat(http.status()).isEqualTo(status);
        assertThat(http.header("x-request-id")).isEqualTo("17");
        assertThat(http.url()).isEqualTo("http://127.0.0.1:" + server.port() + "/");
        return error;
    }

    private static String fault(String members) {
        return "<methodResponse><fault><value><struct>" + members + "</struct></value></fault></methodResponse>";
    }

    private static String member(String name, String value) {
        return "<member><name>" + name + "</name><value>" + value + "</value></member>";
    }

    @Test
    void faults() {
        String text = member("faultString", "no m");
        for (int status : new int[] {200, 500}) {
            RpcException error = failure(status, fault(member("faultCode", "<int>-32601</int>") + text));
            assertThat(error).isInstanceOf(MethodNotFoundException.class).hasMessage("no m");
            assertThat(error.code()).isEqualTo(-32601);
            assertThat(error.data()).isNull();
        }
        for (int code = -32010; code >= -32017; code--) {
            RpcException error = failure(200, fault(member("faultCode", "<int>" + code + "</int>") + text));
            assertThat(error).isInstanceOf(RemoteException.class);
            assertThat(error.code()).isEqualTo(code);
        }
    }

    @Test
    void faultsWithMoreThanACodeAndAText() {
        RpcException error = failure(
                200,
                fault(member("faultCode", "<int>-32602</int>")
                        + member("faultString", "no")
                        + member("detail", "<int>7</int>")));
        assertThat(error.code()).isEqualTo(-32602);
        assertThat(error.data()).isEqualTo(Map.of("faultCode", -32602, "faultString", "no", "detail", 7));
        error = failure(200, fault(member("faultCode", "SHOP-7") + member("faultString", "sold out")));
        assertThat(error).hasMessage("SHOP-7: sold out");
        assertThat(error.data()).isEqualTo(Map.of("faultCode", "SHOP-7", "faultString", "sold out"));
        error = failure(200, fault(member("faultCode", "<i8>4294967297</i8>") + member("faultString", "large")));
        assertThat(error).hasMessage("4294967297: large");
        assertThat(error.data()).isEqualTo(Map.of("faultCode", 4294967297L, "faultString", "large"));
    }

    @Test
    void bodiesThatCannotBeRead() {
        assertThat(failure(200, "<methodResponse><params><param><value><int>1</int>"))
                .isInstanceOf(ProtocolException.class);
        assertThat(failure(200, "<methodResponse>")).isInstanceOf(ProtocolException.class);
        assertThat(failure(404, "<html><p>Not here</p></html>")).isInstanceOf(ProtocolException.class);
    }
}
