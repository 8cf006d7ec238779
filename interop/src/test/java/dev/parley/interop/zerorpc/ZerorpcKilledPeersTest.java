package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers of zerorpc that are killed by their ids amid a call and amid a stream. */
@Timeout(120)
class ZerorpcKilledPeersTest {
    public static class Service {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CountDownLatch streaming = new CountDownLatch(1);

        public int add(int a, int b) {
            return a + b;
        }

        public void sleep() throws InterruptedException {
            entered.countDown();
            try {
                Thread.sleep(100_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }

        public Stream<Integer> endless() {
            streaming.countDown();
            return IntStream.iterate(0, i -> i + 1).boxed();
        }
    }

    private static void kill(PeerProcess process) {
        process.handle().destroyForcibly();
        process.handle().onExit().join();
    }

    private static void serverIsKilled(PeerProcess server, String range) {
        try (RpcClient client = RpcClient.connect(server.ready());
                Stream<Integer> items = client.stream(range, Integer.class, 0, 100_000)) {
            CompletableFuture<Object> call = client.callAsync("sleep", Object.class, 100);
            Iterator<Integer> iterator = items.iterator();
            assertThat(iterator.next()).isZero();
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
            kill(server);
            // Long before a heartbeat is missed.
            assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLostException.class);
            assertThatThrownBy(() -> {
                        for (int i = 1; ; i++) {
                            assertThat(iterator.next()).isEqualTo(i);
                        }
                    })
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("incomplete");
        }
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void aServerOfPython() {
        try (PeerProcess server = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_server.py")) {
            serverIsKilled(server, "range");
        }
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_NODE)
    void aServerOfNode() {
        try (PeerProcess server = PeerProcess.start(Peer.ZERORPC_NODE, "zerorpc_server.js")) {
            serverIsKilled(server, "range");
        }
    }

    private static void clientsAreKilled(Peer peer, String program) throws Exception {
        Service service = new Service();
        BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(service)
                        .interceptor((context, next) -> {
                            context.onComplete(error -> {
                                if (error != null) {
                                    outcomes.add(context.method() + ": "
                                            + error.getClass().getSimpleName());
                                }
                            });
                            return next.proceed();
                        })
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient other =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            String address = "tcp://127.0.0.1:" + server.addresses().getFirst().port(-1);
            try (PeerProcess caller = PeerProcess.start(peer, program, address);
                    PeerProcess reader = PeerProcess.start(peer, program, address)) {
                caller.send(Map.of("method", "sleep", "args", List.of()));
                reader.send(Map.of("method", "endless", "args", List.of()));
                assertThat(service.entered.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(service.streaming.await(60, TimeUnit.SECONDS)).isTrue();
                kill(caller);
                assertThat(service.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo("sleep: InterruptedException");
                kill(reader);
                assertThat(outcomes.poll(30, TimeUnit.SECONDS)).isEqualTo("endless: CancellationException");
            }
            assertThat(other.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void clientsOfPython() throws Exception {
        clientsAreKilled(Peer.ZERORPC_PYTHON, "zerorpc_client.py");
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_NODE)
    void clientsOfNode() throws Exception {
        clientsAreKilled(Peer.ZERORPC_NODE, "zerorpc_client.js");
    }
}
