package dev.parley.zerorpc;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.zmtp.RawPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several endpoints of a socket, clients that bind and servers that connect, and callers behind a broker. */
@Timeout(60)
class EndpointsTest {
    private static final byte[] NONE = {};

    /** A server that tells which one it is. */
    public static class Named {
        private final String name;
        final BlockingQueue<String> executed = new LinkedBlockingQueue<>();
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        Named(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public void note(String text) {
            executed.add(text);
        }

        public Stream<String> names(int count) {
            return IntStream.range(0, count).mapToObj(i -> name);
        }

        public String held() throws InterruptedException {
            entered.countDown();
            release.await();
            return name;
        }

        public String hello(String who) {
            return "Hello, " + who;
        }
    }

    private static RpcServer serve(Named endpoint, String address) {
        return RpcServer.builder().endpoint(endpoint).listen(address).build().start();
    }

    private static RpcServer serve(String name, String address) {
        return serve(new Named(name), address);
    }

    private static int port(RpcServer server) {
        return server.addresses().getFirst().port(-1);
    }

    private static String hosts(int... ports) {
        return "zerorpc+tcp://"
                + IntStream.of(ports).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> names(RpcClient client, int calls) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            names.add(client.call("name", String.class));
        }
        return names;
    }

    /** Calls until all of these servers have answered. */
    private static void awaitServers(RpcClient client, String... expected) {
        Set<String> seen = new HashSet<>();
        while (!seen.containsAll(List.of(expected))) {
            seen.add(client.call("name", String.class));
        }
    }

    @Test
    void callsGoToEachServerInTurn() {
        try (RpcServer a = serve("a", "zerorpc+tcp://127.0.0.1:0");
                RpcServer b = serve("b", "zerorpc+tcp://127.0.0.1:0");
                RpcServer c = serve("c", "zerorpc+tcp://127.0.0.1:0");
                RpcClient client = RpcClient.connect(hosts(port(a), port(b), port(c)))) {
            awaitServers(client, "a", "b", "c");
            assertThat(names(client, 9))
                    .containsOnly("a", "b", "c")
                    .filteredOn("a"::equals)
                    .hasSize(3);
        }
    }

    @Test
    void aLostServerIsSkippedUntilItIsBack() {
        try (RpcServer a = serve("a", "zerorpc+tcp://127.0.0.1:0")) {
            int second;
            RpcClient client;
            try (RpcServer b = serve("b", "zerorpc+tcp://127.0.0.1:0")) {
                second = port(b);
                client = RpcClient.connect(hosts(port(a), second));
                awaitServers(client, "a", "b");
            }
            try (client) {
                List<String> after = new ArrayList<>();
                while (after.size() < 10) {
                    try {
                        after.add(client.call("name", String.class));
                    } catch (ConnectionLostException e) {
                        // The call was in flight to the server that ended.
                    }
                }
                assertThat(after).containsOnly("a");
                try (RpcServer again = serve("c", "zerorpc+tcp://127.0.0.1:" + second)) {
                    assertThat(port(again)).isEqualTo(second);
                    awaitServers(client, "a", "c");
                }
            }
        }
    }

    @Test
    void aStreamStaysOnItsServer() {
        try (RpcServer a = serve("a", "zerorpc+tcp://127.0.0.1:0");
                RpcServer b = serve("b", "zerorpc+tcp://127.0.0.1:0");
                RpcClient client = RpcClient.connect(hosts(port(a), port(b)) + "?window=4&heartbeat=0.2")) {
            awaitServers(client, "a", "b");
            for (int i = 0; i < 4; i++) {
                try (Stream<String> items = client.stream("names", String.class, 200)) {
                    Set<String> from = new HashSet<>();
                    items.forEach(name -> {
                        from.add(name);
                        // Calls in between go to either server.
                        assertThat(client.call("name", String.class)).isIn("a", "b");
                    });
                    assertThat(from).hasSize(1);
                }
            }
        }
    }

    @Test
    void theFirstServerThatConnectsGetsTheCallsThatWait() {
        try (RpcServer a = serve("a", "zerorpc+tcp://127.0.0.1:0");
                RpcClient client = RpcClient.connect(hosts(freePort(), port(a)))) {
            assertThat(names(client, 10)).containsOnly("a");
        }
    }

    @Test
    void aCallFailsWhenNoServerCanBeReached() {
        int first = freePort();
        int second = freePort();
        try (RpcClient client = RpcClient.connect(hosts(first, second))) {
            assertThatThrownBy(() -> client.call("name", String.class))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("127.0.0.1:" + first)
                    .hasMessageContaining("127.0.0.1:" + second);
        }
    }

    @Test
    void aServerListensOnSeveralHosts() {
        int first = freePort();
        int second = freePort();
        try (RpcServer server = serve("a", hosts(first, second))) {
            for (int port : List.of(first, second)) {
                try (RpcClient client = RpcClient.connect(hosts(port))) {
                    assertThat(client.call("name", String.class)).isEqualTo("a");
                }
            }
            assertThat(server.addresses().getFirst().hosts()).hasSize(2);
        }
        assertThatThrownBy(() -> {
                    try (RpcServer one = serve("a", hosts(first))) {
                        serve("b", hosts(second, first)).close();
                        assertThat(one.isReady()).isTrue();
                    }
                })
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining(String.valueOf(first));
        // What was bound before the failure is free again.
        serve("c", hosts(second)).close();
    }

    @Test
    void serversConnectToAClientThatBinds() {
        String address = hosts(freePort());
        try (RpcClient client = RpcClient.connect(address + "?bind=true")) {
            assertThat(client.isReady()).isFalse();
            CompletableFuture<String> early = client.callAsync("name", String.class);
            try (RpcServer a = serve("a", address + "?connect=true");
                    RpcServer b = serve("b", address + "?connect=true")) {
                assertThat(early.orTimeout(30, TimeUnit.SECONDS).join()).isIn("a", "b");
                awaitServers(client, "a", "b");
                assertThat(client.isReady()).isTrue();
                assertThat(a.isReady()).isTrue();
                assertThat(b.isReady()).isTrue();
                try (Stream<String> items = client.stream("names", String.class, 1000)) {
                    assertThat(items.distinct().count()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aClientBindsAUnixSocket(@TempDir Path directory) {
        String address = "zerorpc+ipc://" + directory.resolve("client.sock");
        try (RpcServer a = serve("a", address + "?connect=true");
                RpcClient client = RpcClient.connect(address + "?bind=true")) {
            assertThat(client.call("name", String.class)).isEqualTo("a");
            assertThat(a.addresses()).hasSize(1);
        }
    }

    @Test
    void aServerConnectsToSeveralClientsAndAgain() {
        int first = freePort();
        int second = freePort();
        try (RpcServer server = serve("a", hosts(first, second) + "?connect=true")) {
            assertThat(server.isReady()).isFalse();
            for (int i = 0; i < 2; i++) {
                for (int port : List.of(first, second)) {
                    try (RpcClient client = RpcClient.connect(hosts(port) + "?bind=true")) {
                        assertThat(client.call("name", String.class)).isEqualTo("a");
                    }
                }
            }
        }
    }

    @Test
    void aCallThatTimedOutBeforeAServerConnectedIsNotSent() throws Exception {
        String address = hosts(freePort());
        Named named = new Named("a");
        try (RpcClient client = RpcClient.connect(address + "?bind=true")) {
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(50)))
                            .call("note", void.class, "too late"))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("no server has connected");
            try (RpcServer server = serve(named, address + "?connect=true")) {
                client.call("note", void.class, "in time");
                assertThat(named.executed.poll(30, TimeUnit.SECONDS)).isEqualTo("in time");
                assertThat(server.isReady()).isTrue();
            }
        }
    }

    @Test
    void closingAClientThatBindsFailsTheCallsThatWait() {
        RpcClient client = RpcClient.connect(hosts(freePort()) + "?bind=true");
        CompletableFuture<String> waiting = client.callAsync("name", String.class);
        client.close();
        assertThatThrownBy(() -> waiting.orTimeout(30, TimeUnit.SECONDS).join())
                .hasCauseInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aPortInUseFailsTheClientThatBinds() {
        try (RpcServer server = serve("a", "zerorpc+tcp://127.0.0.1:0")) {
            assertThatThrownBy(() -> RpcClient.connect(hosts(port(server)) + "?bind=true"))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("cannot listen");
        }
    }

    private static byte[] call(String method) {
        byte[] name = method.getBytes(StandardCharsets.US_ASCII);
        byte[] start = hex("93 82 aa 6d6573736167655f6964 01 a1 76 03 a" + name.length);
        byte[] payload = new byte[start.length + name.length + 1];
        System.arraycopy(start, 0, payload, 0, start.length);
        System.arraycopy(name, 0, payload, start.length, name.length);
        payload[payload.length - 1] = (byte) 0x90;
        return payload;
    }

    @Test
    void callersBehindABrokerMayChooseTheSameIds() throws Exception {
        Named named = new Named("a");
        byte[] ann = {0, 1, 2, 3, 4};
        byte[] bob = {0, 5, 6, 7, 8};
        try (RpcServer server = serve(named, "zerorpc+tcp://127.0.0.1:0");
                RawPeer broker = RawPeer.connect(port(server)).handshake("DEALER")) {
            // Both call with the id 1, bob from behind two brokers, and ann's call is still running then.
            broker.send(ann, NONE, call("held"));
            assertThat(named.entered.await(30, TimeUnit.SECONDS)).isTrue();
            broker.send(ann, bob, NONE, call("name"));
            List<byte[]> first = broker.readMessage();
            assertThat(first).hasSize(4);
            assertThat(first.get(0)).isEqualTo(ann);
            assertThat(first.get(1)).isEqualTo(bob);
            assertThat(first.get(2)).isEmpty();
            named.release.countDown();
            List<byte[]> second = broker.readMessage();
            assertThat(second).hasSize(3);
            assertThat(second.get(0)).isEqualTo(ann);
            assertThat(second.get(1)).isEmpty();
        }
    }
}
