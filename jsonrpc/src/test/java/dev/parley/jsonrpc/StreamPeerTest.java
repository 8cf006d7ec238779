package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.Expose;
import dev.parley.Namespace;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches and endpoints of a client, and calls of a server, towards a peer that says exactly these bytes. */
@Timeout(60)
class StreamPeerTest {
    /** What the server calls, as geth, Kodi and language servers do. */
    static final class Callbacks {
        final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        final CountDownLatch go = new CountDownLatch(1);

        public void eth_subscription(String subscription, Map<String, Object> result) {
            seen.add(subscription + result);
        }

        @Expose("window/logMessage")
        public void logMessage(int type, String message) {
            seen.add(type + message);
        }

        @Expose("workspace/configuration")
        public List<String> configuration(List<Map<String, String>> items) {
            return items.stream().map(item -> item.get("section")).toList();
        }

        public void slow(RpcContext context) throws InterruptedException {
            seen.add("slow");
            go.await();
        }

        public int wait(RpcContext context) throws InterruptedException {
            seen.add("waiting");
            go.await();
            return 1;
        }
    }

    @Namespace("Application")
    interface Kodi {
        @Expose("OnVolumeChanged")
        void volumeChanged(String sender, Map<String, Object> data);
    }

    private final Callbacks callbacks = new Callbacks();
    private ServerSocket listening;
    private Socket peer;
    private BufferedReader in;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        callbacks.go.countDown();
        if (peer != null) {
            peer.close();
        }
        listening.close();
    }

    private RpcClient.Builder client(String options) {
        return RpcClient.builder("jsonrpc+tcp://127.0.0.1:" + listening.getLocalPort() + options);
    }

    private void accept(Socket socket) throws IOException {
        peer = socket;
        peer.setSoTimeout(30_000);
        in = new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
    }

    private void say(String text) throws IOException {
        peer.getOutputStream().write((text.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String heard() throws IOException {
        return in.readLine().replace('"', '\'');
    }

    /** A batch of two calls around a notification that has reached the peer. */
    private CompletableFuture<List<RpcBatch.Result<?>>> batch(RpcClient client) throws IOException {
        RpcBatch batch = client.batch();
        batch.call("a", int.class, 1);
        batch.cast("n");
        batch.call("b", String.class);
        CompletableFuture<List<RpcBatch.Result<?>>> sent = batch.sendAsync();
        accept(listening.accept());
        assertThat(heard())
                .isEqualTo("[{'jsonrpc':'2.0','method':'a','params':[1],'id':1},"
                        + "{'jsonrpc':'2.0','method':'n','params':[]},"
                        + "{'jsonrpc':'2.0','method':'b','params':[],'id':2}]");
        return sent;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "[{'jsonrpc':'2.0','id':1,'result':5},{'jsonrpc':'2.0','id':2,'result':'x'}]|a: 5 b: x",
                "[{'jsonrpc':'2.0','id':2,'result':'x'},{'jsonrpc':'2.0','id':1,'result':5}]|a: 5 b: x",
                "{'jsonrpc':'2.0','id':2,'result':'x'} {'jsonrpc':'2.0','id':1,'result':5}|a: 5 b: x",
                "[{'jsonrpc':'2.0','id':2,'result':'x'}]|a: the response to the batch has none to the call of a b: x",
                "[{'id':1,'error':{'code':1,'message':'no'}},{'id':'2','result':'x'}]|a: no b: x",
                "[{'id':null,'error':{'code':-32600,'message':'bad'}},{'id':2,'result':'x'}]|a: bad b: x",
                "{'jsonrpc':'2.0','id':null,'error':{'code':-32600,'message':'no batches'}}|a: no batches b: no batches",
                "[{'jsonrpc':'2.0','id':1,'result':NaN}]|a: the response is not b: the response is not",
            })
    void aBatchIsOneMessage(String answer, String expected) throws Exception {
        try (RpcClient client = client("").build()) {
            CompletableFuture<List<RpcBatch.Result<?>>> sent = batch(client);
            say(answer);
            StringBuilder outcome = new StringBuilder();
            for (RpcBatch.Result<?> result : sent.get(30, TimeUnit.SECONDS)) {
                RuntimeException error = result.error();
                String text = error == null ? String.valueOf(result.get()) : error.getMessage();
                if (error instanceof RemoteException remote) {
                    text = remote.remoteMessage();
                } else if (error instanceof ProtocolException && text.startsWith("the response is not")) {
                    text = "the response is not";
                }
                outcome.append(outcome.isEmpty() ? "" : " ")
                        .append(result.method())
                        .append(": ")
                        .append(text);
            }
            assertThat(outcome).asString().isEqualTo(expected);
        }
    }

    @Test
    void aBatchEndsWithItsConnection() throws Exception {
        try (RpcClient client = client("").build()) {
            CompletableFuture<List<RpcBatch.Result<?>>> sent = batch(client);
            say("{'jsonrpc':'2.0','id':1,'result':5}");
            peer.close();
            List<RpcBatch.Result<?>> results = sent.get(30, TimeUnit.SECONDS);
            assertThat(results.getFirst().get()).isEqualTo(5);
            assertThat(results.get(1).error()).isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void anArrayMayAnswerSingleCalls() throws Exception {
        try (RpcClient client = client("").build()) {
            CompletableFuture<Integer> one = client.callAsync("a", Integer.class);
            CompletableFuture<Integer> two = client.callAsync("b", Integer.class);
            accept(listening.accept());
            heard();
            heard();
            say("[{'id':2,'result':2},{'id':1,'result':1}]");
            assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(two.get(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void endpointsTakeNotificationsAndRequests() throws Exception {
        Kodi kodi = (sender, data) -> callbacks.seen.add(sender + data);
        try (RpcClient client =
                client("").endpoint(callbacks).endpoint(Kodi.class, kodi).build()) {
            client.cast("hello");
            accept(listening.accept());
            heard();
            say("{'jsonrpc':'2.0','method':'eth_subscription','params':{'subscription':'0x9','result':{'n':1}}}");
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("0x9{n=1}");
            say("{'jsonrpc':'2.0','method':'Application.OnVolumeChanged',"
                    + "'params':{'data':{'muted':false},'sender':'xbmc'}}");
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("xbmc{muted=false}");
            say("[{'jsonrpc':'2.0','method':'window/logMessage','params':{'type':3,'message':'hi'}},"
                    + "{'jsonrpc':'2.0','id':'s1','method':'workspace/configuration',"
                    + "'params':{'items':[{'section':'python'}]}}]");
            assertThat(heard()).isEqualTo("[{'jsonrpc':'2.0','id':'s1','result':['python']}]");
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("3hi");
            say("{'jsonrpc':'2.0','id':1,'method':'client/registerCapability','params':{}}");
            assertThat(heard()).contains("'id':1,'error':{'code':-32601");
            say("{'jsonrpc':'2.0','id':7,'method':'window/logMessage','params':{'wrong':1}}");
            assertThat(heard()).contains("'id':7,'error':{'code':-32602");
            // Their ids have nothing to do with those of the client.
            CompletableFuture<Integer> call = client.callAsync("m", Integer.class);
            assertThat(heard()).contains("'id':1}");
            say("{'jsonrpc':'2.0','id':1,'method':'workspace/configuration','params':[[]]}");
            assertThat(heard()).isEqualTo("{'jsonrpc':'2.0','id':1,'result':[]}");
            say("{'jsonrpc':'2.0','id':1,'result':8}");
            assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(8);
            // A response to none of the server's requests, and nonsense, do no harm.
            say("{'jsonrpc':'2.0','id':99,'result':8}");
            say("a line of a log");
            say("{'jsonrpc':'2.0','id':2,'method':'m','params':{x}}");
            assertThat(heard()).contains("'code':-32700");
        }
    }

    @Test
    void aFallbackTakesTheRest() throws Exception {
        try (RpcClient client = client("")
                .fallback((context, method, arguments) -> {
                    callbacks.seen.add(method + arguments.size());
                    return null;
                })
                .build()) {
            client.cast("hello");
            accept(listening.accept());
            say("{'jsonrpc':'2.0','method':'any/thing','params':[1,2]}");
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("any/thing2");
        }
    }

    @Test
    void aPeerThatCallsWithoutEndIsBounded() throws Exception {
        try (RpcClient client = client("?max_backlog=4")
                .endpoint(callbacks)
                .maxConcurrentCalls(1)
                .build()) {
            CompletableFuture<Integer> call = client.callAsync("m", Integer.class);
            accept(listening.accept());
            heard();
            for (int i = 1; i <= 10; i++) {
                say("{'jsonrpc':'2.0','id':" + i + ",'method':'wait'}");
            }
            // One runs, one waits in the dispatcher, four in the backlog; the others are refused.
            for (int i = 7; i <= 10; i++) {
                assertThat(heard())
                        .contains("'id':" + i + ",'error':{'code':-32017")
                        .contains("wait for their turn");
            }
            say("{'jsonrpc':'2.0','id':1,'result':8}");
            assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(8);
            callbacks.go.countDown();
            for (int i = 1; i <= 6; i++) {
                assertThat(heard()).isEqualTo("{'jsonrpc':'2.0','id':" + i + ",'result':1}");
            }
        }
    }

    @Test
    void notificationsWithoutEndEndTheConnection() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (RpcClient client = client("?max_backlog=4").endpoint(callbacks).build()) {
            client.onDisconnect(told::countDown);
            CompletableFuture<Integer> call = client.callAsync("m", Integer.class);
            accept(listening.accept());
            say("{'jsonrpc':'2.0','method':'slow'}".repeat(10));
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("more than 4 requests");
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void withoutCallsInFlightAClientStopsReadingInstead() throws Exception {
        try (RpcClient client = client("?max_backlog=4").endpoint(callbacks).build()) {
            client.cast("hello");
            accept(listening.accept());
            heard();
            for (int i = 1; i <= 1_000; i++) {
                say("{'jsonrpc':'2.0','method':'slow'}");
            }
            callbacks.go.countDown();
            for (int i = 1; i <= 1_000; i++) {
                assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("slow");
            }
        }
    }

    /** A server that calls this peer back. */
    static final class Server {
        final CountDownLatch ended = new CountDownLatch(1);

        public int relay(RpcContext context) {
            return context.caller().call("value", int.class);
        }

        public void subscribe(RpcContext context) {
            context.caller().onDisconnect(ended::countDown);
        }

        public String big() {
            return "x".repeat(1_000_000);
        }
    }

    @Test
    void aCallerThatNeitherReadsNorRespondsIsDisconnected() throws Exception {
        Server service = new Server();
        try (RpcServer server = RpcServer.builder()
                .endpoint(service)
                .listen("jsonrpc+tcp://127.0.0.1:0?max_backlog=4")
                .build()
                .start()) {
            accept(new Socket(
                    InetAddress.getLoopbackAddress(),
                    server.addresses().getFirst().port(0)));
            say("{'jsonrpc':'2.0','id':1,'method':'subscribe'}");
            heard();
            say("{'jsonrpc':'2.0','id':2,'method':'relay'}");
            heard();
            // As many as fit before the server notices, and some more.
            boolean ended = false;
            for (int i = 3; i < 1_000 && !ended; i++) {
                try {
                    say("{'jsonrpc':'2.0','id':" + i + ",'method':'big'}");
                } catch (IOException e) {
                    break; // Disconnected.
                }
                ended = service.ended.await(20, TimeUnit.MILLISECONDS);
            }
            assertThat(service.ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aServerReadsTheResponsesOfItsCaller() throws Exception {
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Server())
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start()) {
            accept(new Socket(
                    InetAddress.getLoopbackAddress(),
                    server.addresses().getFirst().port(0)));
            // A response to nothing is no request.
            say("{'jsonrpc':'2.0','id':1,'result':1}");
            assertThat(heard()).contains("-32600");
            say("{'jsonrpc':'2.0','id':1,'method':'relay'}");
            assertThat(heard()).isEqualTo("{'jsonrpc':'2.0','method':'value','params':[],'id':1}");
            say("{'jsonrpc':'2.0','id':1.0,'result':41}");
            assertThat(heard()).isEqualTo("{'jsonrpc':'2.0','id':1,'result':41}");
            say("{'jsonrpc':'2.0','id':2,'method':'relay'}");
            assertThat(heard()).endsWith("'id':2}");
            say("{'jsonrpc':'2.0','id':2,'result':NaN}");
            assertThat(heard()).contains("'id':2,'error'").contains("not a JSON-RPC response");
            say("{'jsonrpc':'2.0','id':3,'method':'relay'}");
            assertThat(heard()).endsWith("'id':3}");
            say("{'jsonrpc':'2.0','id':3,'error':{'code':5,'message':'no'}}");
            assertThat(heard()).contains("'id':3,'error':{'code':5,'message':'no'");
            // It has a call in flight whose response cannot come any more.
            say("{'jsonrpc':'2.0','id':4,'method':'relay'}");
            assertThat(heard()).endsWith("'id':4}");
            peer.shutdownOutput();
            assertThat(heard()).contains("'id':4,'error'").contains("closed its sending half");
        }
    }

    /** Runs one call after the other, and none until it is let go. */
    static final class Worker {
        final CountDownLatch go = new CountDownLatch(1);

        public int work(int id) throws InterruptedException {
            go.await();
            return id;
        }
    }

    @Test
    void onceCallersGiveUpTheNewestRequestStartsFirst() throws Exception {
        Worker worker = new Worker();
        try (RpcServer server = RpcServer.builder()
                .endpoint(worker)
                .maxConcurrentCalls(1)
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start()) {
            accept(new Socket(
                    InetAddress.getLoopbackAddress(),
                    server.addresses().getFirst().port(0)));
            for (int id = 1; id <= 3; id++) {
                say("{'jsonrpc':'2.0','id':" + id + ",'method':'work','params':[" + id + "]}");
            }
            say("{'jsonrpc':'2.0','method':'$/cancelRequest','params':{'id':3}}");
            assertThat(heard()).contains("'id':3,'error'").contains("waits no longer");
            for (int id = 4; id <= 6; id++) {
                say("{'jsonrpc':'2.0','id':" + id + ",'method':'work','params':[" + id + "]}");
            }
            // What is not a request is answered at once, and so after those before it have been read.
            say("{'jsonrpc':'2.0',}");
            assertThat(heard()).contains("-32700");

            worker.go.countDown();

            for (int id : new int[] {1, 2, 6, 5, 4}) {
                assertThat(heard()).isEqualTo("{'jsonrpc':'2.0','id':" + id + ",'result':" + id + "}");
            }
        }
    }
}
