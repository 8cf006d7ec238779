package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client towards servers that answer as real ones do, and as bad ones might. */
@Timeout(60)
class ClientToleranceTest {
    private final BlockingQueue<HttpExchange> requests = new LinkedBlockingQueue<>();
    private volatile HttpResponse answer = HttpResponse.empty(200);
    private final HttpServer server = HttpServer.builder()
            .handle("/", this::answer)
            .handle("/zabbix/api_jsonrpc.php", this::answer)
            .build()
            .start();

    private void answer(HttpExchange exchange) {
        requests.add(exchange);
        exchange.respond(answer);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RpcClient client(String rest) {
        return RpcClient.connect("jsonrpc+http://127.0.0.1:" + server.port() + rest);
    }

    private void willAnswer(int status, String body) {
        answer = HttpResponse.of(status, "text/html", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private String sent() throws InterruptedException {
        return new String(requests.take().body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'jsonrpc':'2.0','result':5,'id':1}",
                "{'id':1,'result':5,'error':null}",
                "{'result':5,'jsonrpc':'2.0','id':null}",
                "{'result':5,'jsonrpc':'2.0'}",
                "{'result':5,'jsonrpc':'2.0','id':'1'}",
                "[{'jsonrpc':'2.0','result':5,'id':1}]",
                "  {'jsonrpc':'2.0','id':1,'extra':{'result':6},'result': 5 }\r\n",
                "{'jsonrpc':'2.0','result':5.0,'id':1}",
            })
    void takesResultsInEveryShape(String body) {
        willAnswer(200, body);
        try (RpcClient client = client("")) {
            assertThat(client.call("m", int.class)).isEqualTo(5);
        }
    }

    @Test
    void aMissingResultIsNull() {
        willAnswer(200, "{'jsonrpc':'2.0','id':1}");
        try (RpcClient client = client("")) {
            assertThat(client.call("m", String.class)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "5",
                "[]",
                "{}",
                "[{'result':1,'id':1},{'result':2,'id':2}]",
                "{'jsonrpc':'2.0','result':5,'id':99}",
                "{'jsonrpc':'2.0','method':'m','id':1}",
                "{'jsonrpc':'2.0','result':5"
            })
    void refusesWhatIsNoAnswer(String body) {
        willAnswer(200, body);
        try (RpcClient client = client("")) {
            assertThatThrownBy(() -> client.call("m", int.class)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void readsErrorsInEveryShape() {
        try (RpcClient client = client("")) {
            willAnswer(500, "{'jsonrpc':'2.0','error':{'code':-32601,'message':'no m'},'id':1}");
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(MethodNotFoundException.class)
                    .hasMessage("no m");
            willAnswer(200, "{'result':null,'error':'plain text','id':2}");
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(RemoteException.class)
                    .hasMessage("plain text");
            willAnswer(200, "{'result':null,'error':{'faultCode':1,'faultString':'as XML-RPC'},'id':3}");
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(RemoteException.class)
                    .hasMessage("as XML-RPC");
            willAnswer(
                    200,
                    "{'jsonrpc':'2.0','error':{'code':-32602,'message':'Invalid params.','data':'Not authorised.'},'id':4}");
            assertThatThrownBy(() -> client.call("m", int.class)).hasMessage("Invalid params. Not authorised.");
            willAnswer(
                    200,
                    "{'jsonrpc':'2.0','error':{'code':7,'message':'seven','data':[1,{'__jsonclass__':['os.system',['x']]}]},'id':null}");
            assertThatThrownBy(() -> client.call("m", int.class)).isInstanceOfSatisfying(RemoteException.class, e -> {
                assertThat(e.code()).isEqualTo(7);
                assertThat(String.valueOf(e.data())).contains("__jsonclass__");
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, AccessDeniedException",
        "403, AccessDeniedException",
        "404, ProtocolException",
        "302, ProtocolException",
        "503, OverloadedException",
        "500, ProtocolException"
    })
    void readsStatusesThatSayNoMore(int status, String type) {
        willAnswer(status, "<html>oops</html>");
        try (RpcClient client = client("")) {
            assertThatThrownBy(() -> client.call("m", int.class))
                    .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type))
                    .hasMessageContaining(Integer.toString(status));
        }
        assertThat(AccessDeniedException.class.getSimpleName() + OverloadedException.class.getSimpleName())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "200 #",
                "204 #",
                "202 # accepted",
                "200 # {'jsonrpc':'2.0','error':{'code':1,'message':'x'},'id':null}"
            })
    void aCastTakesWhateverComesBack(int status, String body) throws InterruptedException {
        willAnswer(status, body == null ? "" : body);
        try (RpcClient client = client("")) {
            client.cast("m", 1);
            assertThat(sent()).isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[1]}");
        }
    }

    @Test
    void sendsWhatServersExpect() throws InterruptedException {
        willAnswer(200, "{'result':null}".replace("{", "{'id':null,"));
        try (RpcClient client = client("")) {
            client.call("ns.m", void.class);
            HttpExchange request = requests.take();
            assertThat(request.header("content-type")).isEqualTo("application/json");
            assertThat(request.body())
                    .asString()
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"ns.m\",\"params\":[],\"id\":1}");
            client.call("m", void.class, Args.named("a", "ü"));
            assertThat(sent())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"a\":\"\\u00FC\"},\"id\":2}");
        }
        try (RpcClient client = client("?ascii=false")) {
            client.call("m", void.class, "ü");
            assertThat(sent()).contains("[\"ü\"]");
        }
        try (RpcClient client = client("?version=1.0")) {
            client.call("m", void.class, 1, (Object) null);
            assertThat(sent()).isEqualTo("{\"method\":\"m\",\"params\":[1,null],\"id\":1}");
            client.cast("m");
            assertThat(sent()).isEqualTo("{\"method\":\"m\",\"params\":[],\"id\":null}");
        }
    }

    @Test
    void zabbixWantsItsCredentialsInOnePlaceAndSometimesNone() throws InterruptedException {
        willAnswer(200, "{'jsonrpc':'2.0','result':'7.0.0','id':null}");
        try (RpcClient client = client("/zabbix/api_jsonrpc.php?token=t0ken")) {
            client.call("apiinfo.version", String.class);
            HttpExchange open = requests.take();
            assertThat(open.header("authorization")).isNull();
            assertThat(open.body())
                    .asString()
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"apiinfo.version\",\"params\":[],\"id\":1}");
            client.call("host.get", Object.class, Args.named("limit", 1));
            assertThat(requests.take().header("authorization")).isEqualTo("Bearer t0ken");
        }
        try (RpcClient client = client("/zabbix/api_jsonrpc.php?auth=0ld")) {
            client.call("user.login", Object.class, Args.named("username", "u"));
            assertThat(sent()).doesNotContain("auth");
            client.call("host.get", Object.class, Args.named("limit", 1));
            assertThat(sent())
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"method\":\"host.get\",\"params\":{\"limit\":1},\"auth\":\"0ld\",\"id\":2}");
        }
    }
}
