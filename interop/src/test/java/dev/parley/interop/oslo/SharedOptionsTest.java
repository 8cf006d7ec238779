package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.oslo.RawAmqp.Tap;
import dev.parley.oslo.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Python and Java with the same options, in either part, on a real RabbitMQ. */
@OnRabbitMq
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
@SuppressWarnings("try") // Servers are there to be called, not referenced.
class SharedOptionsTest {
    private final String topic = "o-" + UUID.randomUUID();
    private final RabbitMq rabbit;

    SharedOptionsTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    /** What is served. */
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public String who() {
            return "java";
        }

        public int length(String text) {
            return text.length();
        }

        public void echo(String text) {
            seen.add(text);
        }
    }

    private PeerProcess python(Peer python, String program, String options, String... more) {
        List<String> arguments = new ArrayList<>(List.of(rabbit.transportUrl() + "?" + options, "--topic", topic));
        arguments.addAll(List.of(more));
        return PeerProcess.start(python, program, arguments.toArray(String[]::new));
    }

    private PeerProcess pythonServer(Peer python, String options) {
        PeerProcess server = python(python, "oslo_server.py", options, "--server", "python");
        server.ready();
        return server;
    }

    private RpcServer javaServer(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(
                        rabbit.transportUrl() + "?" + options,
                        Target.topic(topic).withServer("java"))
                .build()
                .start();
    }

    private RpcClient javaClient(String options) {
        return RpcClient.builder(rabbit.transportUrl() + "?" + options)
                .target(Target.topic(topic))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private static String echoed(PeerProcess server) {
        return server.json("received").at("/args/text").asString();
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void compressedMessagesAreReadBothWays(Peer python) throws Exception {
        String gzip = "kombu_compression=gzip";
        String text = "ü".repeat(50_000);
        try (RawAmqp raw = new RawAmqp(rabbit);
                PeerProcess pythonServer = pythonServer(python, gzip);
                RpcServer javaServer = javaServer(new Endpoint(), gzip);
                PeerProcess pythonClient = python(python, "oslo_client.py", gzip);
                RpcClient javaClient = javaClient(gzip)) {
            Tap tap = raw.tap("openstack", "topic", topic + ".#");
            JsonNode answer =
                    pythonClient.call(Map.of("method", "length", "kwargs", Map.of("text", text), "server", "java"));
            assertThat(answer.path("ok").asInt()).isEqualTo(text.length());
            assertThat(javaClient
                            .prepare(o -> o.withServer("python"))
                            .call("echo", Object.class, Args.named("text", text)))
                    .isEqualTo(Map.of("text", text));
            JsonNode fromPython = described(tap.next());
            JsonNode fromJava = described(tap.next());
            assertThat(fromJava.path("headers").asString()).isEqualTo("{compression=application/x-gzip}");
            assertThat(fromJava).isEqualTo(fromPython);

            // One of the two is enough.
            try (RpcClient plain = javaClient("")) {
                assertThat(plain.prepare(o -> o.withServer("python")).call("who", String.class))
                        .isEqualTo("python");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OSLO_MESSAGING, bzip2",
        "OSLO_MESSAGING, lzma",
        "OSLO_MESSAGING, zstd",
        "OSLO_MESSAGING, brotli",
        "OSLO_MESSAGING_14, bzip2",
        "OSLO_MESSAGING_14, lzma"
    })
    @SuppressWarnings("try") // The server is there to be called, not referenced.
    void messagesOfEveryMethodOfKombuAreRead(Peer python, String method) {
        String compression = "kombu_compression=" + method;
        // In this direction kombu knows the name only as bzip2.
        String ours = "kombu_compression=bz2";
        String text = "ü".repeat(50_000);
        try (PeerProcess pythonServer = pythonServer(python, compression);
                RpcServer javaServer = javaServer(new Endpoint(), ours);
                PeerProcess pythonClient = python(python, "oslo_client.py", compression);
                RpcClient javaClient = javaClient(ours)) {
            JsonNode answer =
                    pythonClient.call(Map.of("method", "length", "kwargs", Map.of("text", text), "server", "java"));
            assertThat(answer.path("ok").asInt()).isEqualTo(text.length());
            assertThat(javaClient
                            .prepare(o -> o.withServer("python"))
                            .call("echo", Object.class, Args.named("text", text)))
                    .isEqualTo(Map.of("text", text));
        }
    }

    /** Nova's code sets its exchange; its file does not tell. */
    @Test
    void aServiceIsReachedByItsOwnFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("nova.conf"), "[DEFAULT]\ntransport_url = " + rabbit.transportUrl() + "\n");
        try (PeerProcess server = python(
                        Peer.OSLO_MESSAGING,
                        "oslo_server.py",
                        "",
                        "--server",
                        "python",
                        "--conf",
                        "control_exchange=nova");
                RpcClient client = RpcClient.builder(Transport.fromConfig(file).address())
                        .target(Target.topic(topic))
                        .timeout(Duration.ofSeconds(30))
                        .build()) {
            server.ready();
            assertThat(client.call("who", String.class)).isEqualTo("python");
        }
    }

    /** What a compressed message tells of itself. */
    private static JsonNode described(Delivery delivery) {
        assertThat(delivery.getBody()).startsWith(0x78, 0x9c).hasSizeLessThan(5_000);
        ObjectNode all = (ObjectNode) RawAmqp.all(delivery);
        all.remove(List.of("key", "keys", "message", "expiration"));
        return all;
    }

    @Test
    void fanoutsGoThroughOneStreamBothWays() throws Exception {
        String stream = "rabbit_stream_fanout=True&rabbit_transient_quorum_queue=True&rabbit_qos_prefetch_count=10";
        Endpoint endpoint = new Endpoint();
        try (RawAmqp raw = new RawAmqp(rabbit);
                PeerProcess pythonServer = pythonServer(Peer.OSLO_MESSAGING, stream);
                RpcServer javaServer = javaServer(endpoint, stream);
                PeerProcess pythonClient = python(Peer.OSLO_MESSAGING, "oslo_client.py", stream);
                RpcClient javaClient = javaClient(stream)) {
            RpcClient toAll = javaClient.prepare(o -> o.withFanout(true));
            pythonClient.call(Map.of("method", "echo", "kind", "fanout", "kwargs", Map.of("text", "by python")));
            assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("by python");
            assertThat(echoed(pythonServer)).isEqualTo("by python");
            toAll.cast("echo", Args.named("text", "by java"));
            assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("by java");
            assertThat(echoed(pythonServer)).isEqualTo("by java");

            // A new stream counts from 0 again; who goes on counting waits for ever, as Python does.
            raw.channel().queueDelete(topic + "_fanout");
            String seen = null;
            for (int i = 0; i < 60 && seen == null; i++) {
                toAll.cast("echo", Args.named("text", "anew"));
                seen = endpoint.seen.poll(500, TimeUnit.MILLISECONDS);
            }
            assertThat(seen).isEqualTo("anew");
        }
    }

    @Test
    void stableNamesOnBothSides() throws Exception {
        String process = "p" + UUID.randomUUID().toString().substring(0, 8);
        String names = "use_queue_manager=True&hostname=h&processname=" + process;
        Path locks = Files.createTempDirectory("parley-locks-");
        Endpoint endpoint = new Endpoint();
        try (RawAmqp raw = new RawAmqp(rabbit);
                PeerProcess pythonServer = python(
                        Peer.OSLO_MESSAGING,
                        "oslo_server.py",
                        names + "py",
                        "--server",
                        "python",
                        "--conf",
                        "oslo_concurrency.lock_path=" + locks);
                RpcServer javaServer = javaServer(endpoint, names);
                PeerProcess pythonClient = python(
                        Peer.OSLO_MESSAGING,
                        "oslo_client.py",
                        names + "pyclient",
                        "--conf",
                        "oslo_concurrency.lock_path=" + locks);
                RpcClient javaClient = javaClient(names)) {
            pythonServer.ready();
            Tap tap = raw.tap("openstack", "topic", topic + ".#");
            assertThat(pythonClient
                            .call(Map.of("method", "who", "server", "java"))
                            .path("ok")
                            .asString())
                    .isEqualTo("java");
            assertThat(RawAmqp.message(tap.next()).path("_reply_q").asString())
                    .isEqualTo("reply_h:" + process + "pyclient:1");
            assertThat(javaClient.prepare(o -> o.withServer("python")).call("who", String.class))
                    .isEqualTo("python");
            assertThat(RawAmqp.message(tap.next()).path("_reply_q").asString()).isEqualTo("reply_h:" + process + ":2");
            for (String name : List.of(process + "py", process)) {
                assertThat(raw.channel()
                                .queueDeclarePassive(topic + "_fanout_h:" + name + ":1")
                                .getConsumerCount())
                        .isEqualTo(1);
            }
        } finally {
            Files.deleteIfExists(Path.of("/dev/shm/h_" + process + "py_qmanager"));
            Files.deleteIfExists(Path.of("/dev/shm/h_" + process + "pyclient_qmanager"));
        }
    }

    @AfterEach
    void deleteStream() throws Exception {
        try (RawAmqp raw = new RawAmqp(rabbit)) {
            raw.channel().queueDelete(topic + "_fanout");
        }
    }
}
