package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.ConnectionLostException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.http.HttpResponseException;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The HTTP response is a field of each error that came by one. */
@Timeout(60)
class HttpResponseExceptionTest {
    private volatile HttpResponse response = HttpResponse.empty(200);
    private final HttpServer server =
            HttpServer.builder().handle("/", e -> e.respond(response)).build().start();
    private final String address = "jsonrpc+http://ann:s3cret@127.0.0.1:" + server.port() + "/?query=key%3Dhidden";
    private final RpcClient client = RpcClient.connect(address);

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void willRespond(int status, String body, String... headers) {
        response = new HttpResponse(
                status, Headers.of(headers), body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponseException causeOf(Throwable error) {
        HttpResponseException http = HttpResponseException.of(error);
        assertThat(http).as("%s", error).isNotNull();
        assertThat(http.url()).isEqualTo("http://127.0.0.1:" + server.port() + "/");
        return http;
    }

    private RpcException failure(Class<? extends RpcException> type, Class<?> result) {
        Throwable error = catchThrowable(() -> client.call("m", result));
        assertThat(error).isInstanceOf(type);
        return (RpcException) error;
    }

    @Test
    void aStatus() {
        willRespond(503, "busy", "Retry-After", "7", "Set-Cookie", "session=abc", "Set-Cookie", "b=1");
        HttpResponseException http = causeOf(failure(OverloadedException.class, Object.class));
        assertThat(http.status()).isEqualTo(503);
        assertThat(http.header("retry-after")).isEqualTo("7");
        assertThat(http.header("X-None")).isNull();
        assertThat(http.headers().get("set-cookie")).containsExactly("session=abc", "b=1");
        assertThat(http.body()).asString().isEqualTo("busy");
        assertThat(http.toString()).contains("503").doesNotContain("abc", "s3cret", "hidden");
    }

    @Test
    void anErrorOfTheProtocolKeepsItsCodeAndData() {
        for (int status : new int[] {200, 500}) {
            willRespond(status, "{'id':1,'error':{'code':-32601,'message':'no m','data':[7]}}", "X-Request-Id", "17");
            RpcException error = failure(MethodNotFoundException.class, Object.class);
            assertThat(error.code()).isEqualTo(-32601);
            assertThat(error.data()).isEqualTo(List.of(7));
            assertThat(causeOf(error).status()).isEqualTo(status);
            assertThat(causeOf(error).header("X-Request-Id")).isEqualTo("17");
        }
        for (int code = -32010; code >= -32017; code--) {
            willRespond(200, "{'id':1,'error':{'code':" + code + ",'message':'foreign','data':{'a':1}}}");
            RpcException error = failure(RemoteException.class, Object.class);
            assertThat(error.code()).isEqualTo(code);
            assertThat(error).hasMessage("foreign");
        }
    }

    @Test
    void aBodyThatCannotBeRead() {
        willRespond(200, "{'id':1,'result':");
        assertThat(causeOf(failure(ProtocolException.class, Object.class)).body())
                .asString()
                .isEqualTo("{\"id\":1,\"result\":");
        willRespond(200, "{'id':null,'result':'text'}");
        assertThat(causeOf(failure(SerializationException.class, int.class)).status())
                .isEqualTo(200);
        willRespond(200, "");
        assertThat(causeOf(failure(ProtocolException.class, int.class)).body()).isEmpty();
    }

    @Test
    void largeBodiesAreCut() {
        byte[] body = new byte[HttpResponseException.MAX_BODY + 1];
        Arrays.fill(body, (byte) 'x');
        response = HttpResponse.of(500, "text/plain", body);
        HttpResponseException http = causeOf(failure(ProtocolException.class, Object.class));
        assertThat(http.body()).hasSize(HttpResponseException.MAX_BODY);
    }

    @Test
    void futuresAndBatches() {
        willRespond(404, "nothing here");
        assertThat(causeOf(catchThrowable(
                                () -> client.callAsync("m", Object.class).join()))
                        .status())
                .isEqualTo(404);
        assertThat(catchThrowable(() -> client.callAsync("m", Object.class).join()))
                .isInstanceOf(CompletionException.class);
        willRespond(200, "[{'id':3,'result':'text'},{'id':4,'error':{'code':5,'message':'no'}}]", "X-Request-Id", "18");
        RpcBatch batch = client.batch();
        RpcBatch.Result<Integer> malformed = batch.call("m", int.class);
        RpcBatch.Result<Integer> failed = batch.call("m", int.class);
        RpcBatch.Result<Integer> missing = batch.call("m", int.class);
        batch.send();
        for (RpcBatch.Result<Integer> each : List.of(malformed, failed, missing)) {
            assertThat(causeOf(each.error()).header("x-request-id")).isEqualTo("18");
        }
        assertThat(failed.error())
                .isInstanceOfSatisfying(
                        RemoteException.class, error -> assertThat(error.code()).isEqualTo(5));
    }

    @Test
    void withoutAResponseThereIsNone() {
        server.close();
        assertThat(HttpResponseException.of(failure(ConnectionLostException.class, Object.class)))
                .isNull();
    }
}
