package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.PeerProfile;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
                "{'jsonrpc':'2.0','result':5,'id':1.0}",
                "{'jsonrpc':'2.0','result':5,'id':10e-1}",
                "{'jsonrpc':'2.0','result':5,'id':'1.0'}",
                "{'result':5,'error':false,'id':1}",
                "{'result':5,'error':'','id':1}",
                "{'jsonrpc':'2.0','method':'m','result':5,'id':1}",
                "{'jsonrpc':'2.0','method':null,'result':5,'id':1}",
                "\ufeff{'jsonrpc':'2.0','result':5,'id':1}",
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
                "{'jsonrpc':'2.0','result':5,'id':1.5}",
                "{'jsonrpc':'2.0','result':5,'id':1e400}",
                "{'jsonrpc':'2.0','result':5,'id':-1}",
                "{'jsonrpc':'2.0','result':5,'id':'one'}",
                "{'jsonrpc':'2.0','result':NaN,'id':1}",
                "{'jsonrpc':'2.0','result':5,'id':1}{'jsonrpc':'2.0','result':5,'id':1}",
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
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "[21,'Job not found',null] # 21 # RemoteException # Job not found",
                "['20','Other',['a trace']] # 20 # RemoteException # Other",
                "'text' # # RemoteException # text",
                "5 # # RemoteException # 5",
                "{'code':-32601.0,'message':'no m'} # -32601 # MethodNotFoundException # no m",
                "{'code':'-32602','message':'bad'} # -32602 # InvalidArgumentsException # bad",
                "{'code':'EACCES','message':'not you'} # # RemoteException # EACCES: not you",
                "{'code':4294967296,'message':'far'} # # RemoteException # far (code 4294967296)",
                "{'code':1e999999999,'message':'far'} # # RemoteException # far (code 1E+999999999)",
                "{'code':null,'message':'m'} # # RemoteException # m",
                "{'message':'m'} # # RemoteException # m",
                "{'msg':'m','code':3} # 3 # RemoteException # m",
                "{'faultCode':7,'faultString':'as XML-RPC'} # 7 # RemoteException # as XML-RPC",
                "{'code':-32500,'message':'Application error.','data':'Incorrect user name or password.'} # -32500 # RemoteException # Application error. Incorrect user name or password.",
                "{'code':-32602,'message':'Invalid params.','data':'Not authorised.'} # -32602 # InvalidArgumentsException # Invalid params. Not authorised.",
                "{'code':3,'message':'execution reverted','data':'0x08c379a0'} # 3 # RemoteException # execution reverted",
                "{'code':0,'message':'Application error','data':{'type':'TypeError','message':'no x','traceback':'Traceback:\\n  a\\n'}} # 0 # RemoteException # TypeError: Application error: no x",
                "{'code':-32000,'message':'Server error','data':{'type':'ValueError','args':['bad'],'message':'bad'}} # -32000 # RemoteException # ValueError: Server error: bad",
                "{'code':200,'message':'Odoo Server Error','data':{'name':'odoo.exceptions.AccessDenied','debug':'Traceback\\n  b','message':'Access Denied','arguments':['Access Denied'],'context':{}}} # 200 # RemoteException # AccessDenied: Odoo Server Error: Access Denied",
                "{'code':-32001,'message':'no job','data':{'exceptionTypeName':'shop.NoJobException','message':'no job'}} # -32001 # RemoteException # NoJobException: no job",
                "{'code':-32602,'message':'invalid','data':{'type':'object','path':'a.b'}} # -32602 # InvalidArgumentsException # invalid",
                "{'code':1,'message':'m','data':{'name':'bob'}} # 1 # RemoteException # m",
            })
    void readsTheErrorsOfRealServers(String error, Integer code, String type, String message) {
        willAnswer(200, "{'jsonrpc':'2.0','id':1,'error':" + error + "}");
        try (RpcClient client = client("")) {
            assertThatThrownBy(() -> client.call("m", int.class)).isInstanceOfSatisfying(RpcException.class, e -> {
                assertThat(e).hasMessage(message);
                assertThat(e.getClass().getSimpleName()).isEqualTo(type);
                assertThat(e.code()).isEqualTo(code);
            });
        }
    }

    @Test
    void keepsWhatAnErrorSaysBesides() {
        willAnswer(
                200,
                "{'id':99,'error':{'code':200,'message':'Odoo Server Error','data':{'name':'odoo.exceptions.UserError',"
                        + "'debug':'Traceback (most recent call last):\\n  File x','message':'no stock','context':{}}}}");
        try (RpcClient client = client("")) {
            // An id that no request had does not lose the error's text.
            assertThatThrownBy(() -> client.call("m", int.class)).isInstanceOfSatisfying(RemoteException.class, e -> {
                assertThat(e.type()).isEqualTo("UserError");
                assertThat(e.module()).isEqualTo("odoo.exceptions");
                assertThat(e.remoteMessage()).isEqualTo("Odoo Server Error: no stock");
                assertThat(e.traceback()).containsExactly("Traceback (most recent call last):", "  File x");
                assertThat(e.data()).asString().contains("context={}");
            });
        }
    }

    @Test
    void readsAmountsDigitByDigit() {
        willAnswer(200, "{'result':[0.00000001,20999999.97690000,12345678901.123456789],'error':null,'id':1}");
        try (RpcClient client = client("")) {
            assertThat(client.call("m", Object.class))
                    .isEqualTo(List.of(1e-8, 20999999.9769, new BigDecimal("12345678901.123456789")));
        }
    }

    @Test
    void aProfileReadsWhatItsPeersWriteAndTheErrorNamesIt() {
        willAnswer(200, "{'jsonrpc':'2.0','id':null,'result':{'name':false}}");
        try (RpcClient client = client("")) {
            assertThatThrownBy(() -> client.call("m", Partner.class))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(
                            "false is not a valid String, at name; the option peer=odoo reads false as null");
        }
        try (RpcClient client = client("?peer=odoo")) {
            assertThat(client.call("m", Partner.class)).isEqualTo(new Partner(null));
        }
        try (RpcClient client = RpcClient.builder("jsonrpc+http://127.0.0.1:" + server.port())
                .peer(PeerProfile.ODOO)
                .build()) {
            assertThat(client.call("m", Partner.class)).isEqualTo(new Partner(null));
        }
        assertThatThrownBy(() -> client("?peer=nobody"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("peer=nobody must be one of strict, odoo");
    }

    record Partner(String name) {}

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
