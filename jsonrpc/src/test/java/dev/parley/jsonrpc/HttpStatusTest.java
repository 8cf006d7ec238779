package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.AccessDeniedException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says reaches the caller, whatever the HTTP status and the content type. */
@Timeout(60)
class HttpStatusTest {
    private volatile HttpResponse response = HttpResponse.empty(200);
    private final HttpServer server =
            HttpServer.builder().handle("/", e -> e.respond(response)).build().start();

    @AfterEach
    void stop() {
        server.close();
    }

    private void willRespond(int status, String body) {
        response = HttpResponse.of(status, "text/html", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private RpcException failure() {
        try (RpcClient client = RpcClient.connect("jsonrpc+http://127.0.0.1:" + server.port() + "/")) {
            return catchThrowableOfType(RpcException.class, () -> client.call("m", Object.class));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 500, 502, 503})
    void errorsUnderAnyStatus(int status) {
        for (String start : new String[] {"", "\r\n ", "\uFEFF", "\n\uFEFF"}) {
            willRespond(
                    status,
                    start + "{'jsonrpc':'2.0','id':1,'error':{'code':-13,'message':'wallet locked','data':[7]}}");
            RpcException error = failure();
            assertThat(error).isInstanceOf(RemoteException.class).hasMessage("wallet locked");
            assertThat(error.code()).isEqualTo(-13);
            assertThat(error.data()).isEqualTo(java.util.List.of(7));
        }
    }

    @Test
    void compressedErrors() {
        byte[] body = "{\"id\":1,\"error\":{\"code\":1,\"message\":\"zipped error\"}}".getBytes(StandardCharsets.UTF_8);
        response = HttpResponse.of(500, "application/json", ContentCoding.gzip(body))
                .with("Content-Encoding", "gzip");
        assertThat(failure()).hasMessage("zipped error");
    }

    @Test
    void bareErrorObjects() {
        willRespond(500, "{'code':-32601,'message':'no m'}");
        assertThat(failure()).isInstanceOf(MethodNotFoundException.class).hasMessage("no m");
        willRespond(400, "{'error':'no such wallet'}");
        assertThat(failure()).isInstanceOf(RemoteException.class).hasMessage("no such wallet");
        willRespond(401, "{'code':401,'message':'Unauthorized by policy'}");
        assertThat(failure()).isInstanceOf(AccessDeniedException.class).hasMessageContaining("Unauthorized by policy");
        willRespond(503, "{'error':'busy'}");
        assertThat(failure()).isInstanceOf(OverloadedException.class).hasMessageContaining("busy");
        willRespond(500, "{'status':'down'}");
        assertThat(failure()).isInstanceOf(ProtocolException.class).hasMessageContaining("{\"status\":\"down\"}");
    }

    @Test
    void otherBodiesAndRedirects() {
        willRespond(503, "Work queue depth exceeded");
        assertThat(failure()).isInstanceOf(OverloadedException.class).hasMessageEndingWith("Work queue depth exceeded");
        assertThat(failure().data())
                .isInstanceOfSatisfying(
                        Map.class, data -> assertThat(data.get("status")).isEqualTo(503));
        response = HttpResponse.empty(308).with("Location", "https://node.example/rpc");
        assertThat(failure()).isInstanceOf(ProtocolException.class).hasMessageContaining("https://node.example/rpc");
        willRespond(200, "<!DOCTYPE html><p>Welcome</p>");
        assertThat(failure())
                .isInstanceOf(ProtocolException.class)
                .hasMessageEndingWith("an HTML page that says: Welcome");
    }

    @Test
    void notifications() {
        try (RpcClient client = RpcClient.connect("jsonrpc+http://127.0.0.1:" + server.port() + "/")) {
            willRespond(202, "thank you");
            assertThatCode(() -> client.cast("m")).doesNotThrowAnyException();
            response = HttpResponse.empty(302).with("Location", "https://node.example/rpc");
            assertThat(catchThrowableOfType(RpcException.class, () -> client.cast("m")))
                    .hasMessageContaining("https://node.example/rpc");
        }
    }
}
