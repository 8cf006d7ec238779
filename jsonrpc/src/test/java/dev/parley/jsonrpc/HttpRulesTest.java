package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Limits;
import dev.parley.RpcServer;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rules of JSON-RPC 2.0 and 1.0 towards a client that sends exactly these bytes. */
@Timeout(60)
class HttpRulesTest {
    private final Service service = new Service();
    private RpcServer server;
    private HttpClient client;

    @BeforeEach
    void start() {
        server = RpcServer.builder()
                .endpoint(service)
                .limits(Limits.defaults().withDepth(50).withMessageBytes(100_000))
                .listen("jsonrpc+http://127.0.0.1:0?max_batch=20")
                .build()
                .start();
        client = HttpClient.builder(URI.create(
                        "http://127.0.0.1:" + server.addresses().getFirst().port(-1)))
                .build();
    }

    @AfterEach
    void stop() {
        service.release.countDown();
        client.close();
        server.close();
    }

    private HttpResponse post(byte[] body) {
        HttpResponse response =
                client.post(Headers.of("Content-Type", "application/json-rpc"), body, Duration.ofSeconds(30));
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers().first("content-type")).isEqualTo("application/json");
        return response;
    }

    private String ask(String body) {
        return new String(post(body.getBytes(StandardCharsets.UTF_8)).body(), StandardCharsets.UTF_8);
    }

    private JsonNode error(String body) {
        JsonNode answer = JsonMapper.shared().readTree(ask(body));
        assertThat(answer.path("jsonrpc").asString("")).isEqualTo("2.0");
        assertThat(answer.has("result")).isFalse();
        assertThat(answer.path("error").path("code").isInt()).isTrue();
        assertThat(answer.path("error").path("message").isString()).isTrue();
        return answer;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{'jsonrpc':'2.0','method':'add','params':[2,3],'id':1} # {'jsonrpc':'2.0','id':1,'result':5}",
                "{'id':'x','method':'add','params':{'b':3,'a':2},'jsonrpc':'2.0'} # {'jsonrpc':'2.0','id':'x','result':5}",
                "{'params':[42],'method':'subtract','id':1,'jsonrpc':'2.0'} # {'jsonrpc':'2.0','id':1,'result':41}",
                "{'jsonrpc':'2.0','method':'rpcless','params':[],'id':1,'method2':1} # -32601",
                "{'jsonrpc':'2.0','method':'note','params':['x'],'id':1} # {'jsonrpc':'2.0','id':1,'result':null}",
                "{'jsonrpc':'2.0','method':'sum','id':1} # {'jsonrpc':'2.0','id':1,'result':0}",
                "{'jsonrpc':'2.0','method':'sum','params':null,'id':1} # {'jsonrpc':'2.0','id':1,'result':0}",
                "{'jsonrpc':'2.0','method':'sum','params':{},'id':1} # {'jsonrpc':'2.0','id':1,'result':0}",
                "{'jsonrpc':2.0,'method':'add','params':[2,3],'id':1} # {'jsonrpc':'2.0','id':1,'result':5}",
                "{'jsonrpc':'2.0','method':'add','params':[2.0,3],'id':1} # {'jsonrpc':'2.0','id':1,'result':5}",
                "{'jsonrpc':'2.0','method':'add','params':[2,3],'id':1,'auth':'t','extra':{'id':[1]}} # {'jsonrpc':'2.0','id':1,'result':5}",
                "{'jsonrpc':'2.0','m\\u0065thod':'\\u0061dd','params':[2,3],'id':1} # {'jsonrpc':'2.0','id':1,'result':5}",
            })
    void answersRequests(String request, String answer) {
        String got = ask(request.replace('\'', '"'));
        if (answer.startsWith("-")) {
            assertThat(got).contains("\"code\":" + answer + ",");
        } else {
            assertThat(got).isEqualTo(answer.replace('\'', '"'));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-1",
                "0",
                "1.5",
                "1.0",
                "1e2",
                "123456789012345678901234567890",
                "0.1000000000000000055511151231257827",
                "1E400",
                "\"\"",
                "\"a b\"",
                "\"q\\\"uote\\\\\"",
                "\"\\u0000\\ud83c\\udf0d\"",
                "\"🌍\"",
                "null"
            })
    void givesTheIdBackAsItCame(String id) {
        for (String space : new String[] {"", " ", "\n\t  "}) {
            assertThat(ask("{\"jsonrpc\":\"2.0\",\"id\":" + space + id + space
                            + ",\"method\":\"add\",\"params\":[1,2]}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":3}");
            assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":" + space + id + space
                            + "}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":3}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "nonsense",
                "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":1",
                "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2,\"id\":1}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":1} trailing",
                "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":1}{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":2}",
                "[{\"jsonrpc\":\"2.0\",\"method\":\"sum\",\"params\":[1,2,4],\"id\":\"1\"},{\"jsonrpc\":\"2.0\",\"method\"]",
                "{'jsonrpc':'2.0'}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,NaN],\"id\":1}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[01],\"id\":1}",
            })
    void whatIsNoJsonIsAParseError(String body) {
        JsonNode answer = error(body);
        assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32700);
        assertThat(answer.path("id").isNull()).isTrue();
        answersRequests(
                "{'jsonrpc':'2.0','method':'add','params':[2,3],'id':1}", "{'jsonrpc':'2.0','id':1,'result':5}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
    void whatIsNotUtf8IsAParseError(String charset) {
        String request = "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":1}";
        assertThat(new String(post(request.getBytes(Charset.forName(charset))).body(), StandardCharsets.UTF_8))
                .contains("-32700", "UTF-8");
    }

    @Test
    void aByteOrderMarkDoesNoHarm() {
        assertThat(ask("\ufeff{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"ü\"],\"id\":\"é\"}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"é\",\"result\":\"ü\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{'jsonrpc':'2.0','method':1,'params':'bar'} # null",
                "{'jsonrpc':'2.0','method':'add','params':'bar','id':7} # 7",
                "{'jsonrpc':'2.0','method':'add','params':5,'id':'x'} # 'x'",
                "{'jsonrpc':'2.0','id':7} # 7",
                "{'jsonrpc':'2.0'} # null",
                "{'jsonrpc':'2.0','method':'add','params':[1,2],'id':[1]} # null",
                "{'jsonrpc':'2.0','method':'add','params':[1,2],'id':{'a':1}} # null",
                "{'jsonrpc':'2.0','method':'add','params':[1,2],'id':true} # null",
                "{'jsonrpc':'2.1','method':'add','params':[1,2],'id':7} # 7",
                "{'jsonrpc':true,'method':'add','params':[1,2],'id':7} # 7",
                "{'jsonrpc':'2.0','method':'add','params':false,'id':7} # 7",
                "{'jsonrpc':'2.0','method':'add','params':'','id':7} # 7",
                "{'jsonrpc':null,'method':'add','params':[1,2],'id':7} # 7",
                "{'method':'add','params':[1,2]} # null",
                "{'jsonrpc':'2.0','method':'add','method':'note','params':[1,2],'id':7} # null",
                "{'jsonrpc':'2.0','method':'add','params':[1,2],'id':7,'id':8} # null",
                "{} # null",
                "[] # null",
                "1 # null",
                "'text' # null",
                "null # null",
            })
    void whatIsNoRequestIsRefused(String request, String id) {
        JsonNode answer = error(request.replace('\'', '"'));
        assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32600);
        assertThat(answer.path("id").toString()).isEqualTo(id.replace('\'', '"'));
    }

    @Test
    void aNotificationIsNeverAnswered() throws InterruptedException {
        HttpResponse response =
                post("{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[\"one\"]}".getBytes(StandardCharsets.UTF_8));
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().first("content-length")).isEqualTo("0");
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"nosuch\"}")).isEmpty();
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[\"x\"]}"))
                .isEmpty();
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"fail\",\"params\":[\"x\"]}"))
                .isEmpty();
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\"}")).isEmpty();
    }

    @Test
    void aNotificationIsNotWaitedFor() throws InterruptedException {
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"hold\"}")).isEmpty();
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
    }

    @Test
    void anIdOfNullIsARequest() {
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[2,3],\"id\":null}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":5}");
    }

    @Test
    void theBatchOfTheSpecification() {
        String answer = ask("""
                [
                  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
                  {"jsonrpc": "2.0", "method": "note", "params": ["7"]},
                  {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
                  {"foo": "boo"},
                  {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
                  {"jsonrpc": "2.0", "method": "echo", "params": [["hello", 5]], "id": "9"}
                ]
                """);
        JsonNode answers = JsonMapper.shared().readTree(answer);
        assertThat(answers.size()).isEqualTo(5);
        assertThat(answers.get(0).toString()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":7}");
        assertThat(answers.get(1).toString()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"2\",\"result\":19}");
        assertThat(answers.get(2).path("error").path("code").asInt()).isEqualTo(-32600);
        assertThat(answers.get(2).path("id").isNull()).isTrue();
        assertThat(answers.get(3).path("error").path("code").asInt()).isEqualTo(-32601);
        assertThat(answers.get(3).path("id").asString()).isEqualTo("5");
        assertThat(answers.get(4).path("result").toString()).isEqualTo("[\"hello\",5]");
    }

    @Test
    void invalidElementsAreAnsweredOneByOne() {
        JsonNode answers = JsonMapper.shared().readTree(ask("[1,\"2\",[],{}]"));
        assertThat(answers.size()).isEqualTo(4);
        answers.forEach(answer -> {
            assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32600);
            assertThat(answer.path("id").isNull()).isTrue();
        });
        assertThat(ask("[1]")).startsWith("[{").endsWith("}]");
    }

    @Test
    void aBatchOfNotificationsIsAnsweredWithNothing() throws InterruptedException {
        // python-jsonrpc notifies by a batch of one.
        assertThat(ask("[{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[\"one\"]}]"))
                .isEmpty();
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(
                        ask(
                                "[{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[\"a\"]},{\"jsonrpc\":\"2.0\",\"method\":\"nosuch\"}]"))
                .isEmpty();
    }

    @Test
    void aBatchIsAnsweredInTheOrderOfItsRequests() throws Exception {
        Thread.startVirtualThread(() -> {
            try {
                service.seen.take();
                service.release.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(
                        ask(
                                "[{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,1],\"id\":2}]"))
                .isEqualTo(
                        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"released\"},{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}]");
        assertThat(ask("[{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,1],\"id\":2}]"))
                .isEqualTo("[{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}]");
    }

    @Test
    void aBatchHasItsLimits() {
        String call = "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,1],\"id\":2}";
        assertThat(ask("[" + (call + ",").repeat(19) + call + "]")).startsWith("[{");
        JsonNode refused = error("[" + (call + ",").repeat(20) + call + "]");
        assertThat(refused.path("error").path("code").asInt()).isEqualTo(-32600);
        assertThat(refused.path("error").path("message").asString()).contains("20");
        String echo = "{\"jsonrpc\":\"2.0\",\"method\":\"join\",\"params\":[\"" + "\\\\".repeat(0) + "x".repeat(4_000)
                + "\",\"" + "y".repeat(4_000) + "\"],\"id\":1}";
        assertThat(ask("[" + (echo + ",").repeat(10) + echo + "]")).contains("\"result\":\"xxx");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{'method':'add','params':[2,3],'id':1} # {'id':1,'result':5,'error':null}",
                "{'id':'a','method':'add','params':[2,3]} # {'id':'a','result':5,'error':null}",
                "{'version':'1.1','method':'add','params':[2,3],'id':1} # {'id':1,'result':5,'error':null}",
                "{'version':'1.1','method':'add','params':{'a':2,'b':3},'id':1} # {'id':1,'result':5,'error':null}",
                "{'method':'add','params':{'a':2,'b':3},'id':1} # {'id':1,'result':5,'error':null}",
                "{'jsonrpc':'1.0','method':'add','params':[2,3],'id':'curltest'} # {'id':'curltest','result':5,'error':null}",
                "{'jsonrpc':1.0,'method':'add','params':[2,3],'id':1} # {'id':1,'result':5,'error':null}",
                "{'jsonrpc':'1.1','method':'add','params':{'a':2,'b':3},'id':1} # {'id':1,'result':5,'error':null}",
                "{'method':'sum','params':null,'id':1} # {'id':1,'result':0,'error':null}",
            })
    void answersOldRequestsInTheOldShape(String request, String answer) {
        assertThat(ask(request.replace('\'', '"'))).isEqualTo(answer.replace('\'', '"'));
    }

    @Test
    void oldErrorsAndNotifications() throws InterruptedException {
        assertThat(ask("{\"method\":\"nosuch\",\"params\":[],\"id\":1}"))
                .startsWith("{\"id\":1,\"result\":null,\"error\":{\"code\":-32601,");
        assertThat(ask("{\"jsonrpc\":\"1.0\",\"method\":\"add\",\"params\":5,\"id\":1}"))
                .startsWith("{\"id\":1,\"result\":null,\"error\":{\"code\":-32600,");
        assertThat(ask("{\"jsonrpc\":\"1.0\",\"method\":\"note\",\"params\":[\"none\"]}"))
                .isEmpty();
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("none");
        assertThat(ask("{\"method\":\"note\",\"params\":[\"old\"],\"id\":null}"))
                .isEmpty();
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("old");
        assertThat(
                        ask(
                                "[{\"method\":\"add\",\"params\":[1,2],\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":1}]"))
                .isEqualTo("[{\"id\":1,\"result\":3,\"error\":null},{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":3}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "'add','params':[1] # -32602",
                "'add','params':[1,2,3] # -32602",
                "'add','params':['one',2] # -32602",
                "'add','params':{'a':1,'c':2} # -32602",
                "'add','params':[1.5,2] # -32602",
                "'add','params':[null,2] # -32602",
                "'add','params':[3000000000,2] # -32602",
                "'move','params':[[1],2] # -32602",
                "'nosuch','params':[] # -32601",
                "'' # -32601",
                "'rpc.nosuch' # -32601",
                "'toString' # -32601",
                "'getClass' # -32601",
                "'service.add' # -32601",
            })
    void tellsWhatIsWrongWithACall(String call, int code) {
        JsonNode answer = error(("{'jsonrpc':'2.0','id':1,'method':" + call + "}").replace('\'', '"'));
        assertThat(answer.path("error").path("code").asInt()).isEqualTo(code);
        assertThat(answer.path("id").asInt()).isEqualTo(1);
    }

    @Test
    void tellsHowAMethodFailed() {
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"fail\",\"params\":[\"bad \\\"thing\\\"\"],\"id\":1}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"bad \\\"thing\\\"\","
                        + "\"data\":{\"type\":\"ValueError\",\"module\":\"builtins\"}}}");
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"custom\",\"id\":1}"))
                .isEqualTo(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":404,\"message\":\"no such job\",\"data\":{\"job\":7}}}");
    }

    @Test
    void valuesKeepTheirDigitsAndTypes() {
        assertThat(
                        ask(
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sum\",\"params\":[123456789012345678901234567890,1]}"))
                .contains("\"result\":123456789012345678901234567891}");
        assertThat(
                        ask(
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"exact\",\"params\":[0.10000000000000000000000000001]}"))
                .contains("\"result\":0.10000000000000000000000000001}");
        assertThat(
                        ask(
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"move\",\"params\":{\"point\":{\"x\":1,\"y\":2},\"by\":3}}"))
                .contains("\"result\":{\"x\":4,\"y\":5}}");
        assertThat(
                        ask(
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"corners\",\"params\":[{\"b\":{\"x\":1,\"y\":2},\"a\":{\"x\":3,\"y\":4}}]}"))
                .contains("\"result\":[{\"x\":3,\"y\":4},{\"x\":1,\"y\":2}]}");
    }

    @Test
    void namesOfClassesAreOnlyText() {
        String evil = "{\"__jsonclass__\":[\"java.io.File\",[\"/etc/passwd\"]]}";
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[" + evil + "]}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + evil + "}");
        assertThat(
                        ask(
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"move\",\"params\":[{\"__jsonclass__\":[\"Point\",[]],\"x\":1,\"y\":1},1]}"))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":2,\"y\":2}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "'add','params':{'__args':[2,3]} # 5",
                "'add','params':{'__args':[2],'b':3} # 5",
                "'add','params':{'b':3,'__args':[2]} # 5",
                "'add','params':{'__args':[],'a':2,'b':3} # 5",
                "'join','params':{'__args':['a','b','c']} # 'a|b|c'",
                "'add','params':{'__args':[2,3],'b':3} # -32602",
                "'add','params':{'__args':[1,2,3],'x':3} # -32602",
                "'add','params':{'__args':5} # -32602",
            })
    void takesTheMixedArgumentsOfPythonJsonrpc(String call, String result) {
        String answer = ask(("{'jsonrpc':'2.0','id':1,'method':" + call + "}").replace('\'', '"'));
        assertThat(answer)
                .contains(result.startsWith("-") ? "\"code\":" + result : "\"result\":" + result.replace('\'', '"'));
    }

    @Test
    void limitsHold() {
        String deep = "[".repeat(60) + "]".repeat(60);
        JsonNode answer = error("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[" + deep + "]}");
        assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32600);
        assertThat(answer.path("error").path("message").asString()).contains("50");
        HttpResponse large = client.post(Headers.empty(), new byte[100_001], Duration.ofSeconds(30));
        assertThat(large.status()).isEqualTo(413);
        assertThat(new String(large.body(), StandardCharsets.UTF_8)).contains("100000 bytes");
        String long70k = "x".repeat(70_000);
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[\"" + long70k + "\"]}"))
                .contains(long70k);
    }

    @Test
    void aCallerWhoLeavesInterruptsHisCall() throws Exception {
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                ask("{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":1}");
            } catch (RuntimeException e) {
                // As intended.
            }
        });
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
        caller.interrupt();
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
    }

    @Test
    void introspects() {
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"system.listMethods\",\"id\":1}"))
                .contains("\"add\"", "\"rpc.discover\"", "\"system.methodHelp\"");
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"system.methodHelp\",\"params\":[\"add\"],\"id\":1}"))
                .contains("\"result\":\"Adds two numbers.\"");
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"system.methodSignature\",\"params\":[\"add\"],\"id\":1}"))
                .contains("\"result\":[[\"integer\",\"integer\",\"integer\"]]");
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"system.methodHelp\",\"params\":[\"nosuch\"],\"id\":1}"))
                .contains("-32601");
        assertThat(ask("{\"jsonrpc\":\"2.0\",\"method\":\"system.methodHelp\",\"id\":1}"))
                .contains("-32602");
        JsonNode document = JsonMapper.shared()
                .readTree(ask("{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\",\"params\":[],\"id\":1}"))
                .path("result");
        assertThat(document.path("openrpc").asString()).isEqualTo("1.3.2");
        assertThat(document.path("info").path("title").isString()).isTrue();
        JsonNode subtract = null;
        for (JsonNode method : document.path("methods")) {
            subtract = method.path("name").asString().equals("subtract") ? method : subtract;
        }
        assertThat(subtract).isNotNull();
        assertThat(subtract.toString())
                .isEqualTo("{\"name\":\"subtract\",\"paramStructure\":\"either\",\"params\":[{\"name\":\"minuend\","
                        + "\"schema\":{\"type\":\"integer\",\"format\":\"int32\"},\"required\":true},"
                        + "{\"name\":\"subtrahend\",\"schema\":{\"type\":\"integer\",\"format\":\"int32\","
                        + "\"default\":1},\"required\":false}],\"result\":{\"name\":\"result\","
                        + "\"schema\":{\"type\":\"integer\",\"format\":\"int32\"}}}");
    }

    @Test
    void servesItsPathByPostAlone() {
        assertThat(client.send("GET", Headers.empty(), new byte[0], Duration.ofSeconds(30))
                        .status())
                .isEqualTo(405);
        try (HttpClient other = HttpClient.builder(URI.create(
                        "http://127.0.0.1:" + server.addresses().getFirst().port(-1) + "/other"))
                .build()) {
            assertThat(other.post(Headers.empty(), new byte[0], Duration.ofSeconds(30))
                            .status())
                    .isEqualTo(404);
        }
    }
}
