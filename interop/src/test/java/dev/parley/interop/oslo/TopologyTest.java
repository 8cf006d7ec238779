package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server and a client declare on a real RabbitMQ with each option, read back from it: exchanges, queues,
 * bindings and consumers, attribute by attribute the same from Java as from either Python, each on a virtual host of
 * its own.
 */
@NeedsPeer({Peer.RABBITMQ, Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopologyTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PROCESS = "p" + UUID.randomUUID().toString().substring(0, 8);
    private static final String STREAM =
            "rabbit_stream_fanout=True&rabbit_transient_quorum_queue=True&rabbit_qos_prefetch_count=10";

    /** Options of a transport; where Python 14 does not know one of them, it stays away. */
    enum Options {
        NONE("", true),
        DURABLE("amqp_durable_queues=True", true),
        AUTO_DELETE("amqp_auto_delete=True", true),
        DURABLE_AND_AUTO_DELETE("amqp_durable_queues=True&amqp_auto_delete=True", true),
        MIRRORED("rabbit_ha_queues=True", true),
        QUORUM("rabbit_quorum_queue=True", true),
        QUORUM_AND_ITS_LIMITS(
                "rabbit_quorum_queue=True&rabbit_quorum_delivery_limit=3&rabbit_quorum_max_memory_length=1000"
                        + "&rabbit_quorum_max_memory_bytes=1000000",
                true),
        LIMITS_WITHOUT_QUORUM("rabbit_quorum_delivery_limit=3", true),
        TRANSIENT_QUORUM("rabbit_transient_quorum_queue=True", false),
        ALL_QUORUM(
                "rabbit_quorum_queue=True&rabbit_transient_quorum_queue=True&rabbit_quorum_delivery_limit=5"
                        + "&rabbit_transient_queues_ttl=900",
                false),
        DURABLE_AND_TRANSIENT_QUORUM("amqp_durable_queues=True&rabbit_transient_quorum_queue=True", false),
        TRANSIENT_TTL("rabbit_transient_queues_ttl=600", true),
        NO_TRANSIENT_TTL("rabbit_transient_queues_ttl=0", false),
        PREFETCH("rabbit_qos_prefetch_count=10", true),
        CANCEL_ON_FAILOVER("enable_cancel_on_failover=True", true),
        STREAM_FANOUT(STREAM, false),
        STREAM_FANOUT_FOR_EVER(STREAM + "&rabbit_transient_queues_ttl=0", false),
        QUEUE_MANAGER("use_queue_manager=True&hostname=h&processname=" + PROCESS, false),
        UNNOTICED(
                "direct_mandatory_flag=False&heartbeat_rate=4&rpc_conn_pool_size=5&kombu_compression=gzip"
                        + "&heartbeat_timeout_threshold=30&rabbit_login_method=PLAIN",
                true);

        final String text;
        final boolean old;

        Options(String text, boolean old) {
            this.text = text;
            this.old = old;
        }

        /** As Python 14 spells them. */
        String forOld() {
            return text.replace("rabbit_quorum_max", "rabbit_quroum_max");
        }

        String topic() {
            return "t-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Without options the exchange is the default one. */
        @Nullable
        String exchange() {
            return this == NONE ? null : "x-" + topic();
        }
    }

    /** One who declares, on a virtual host of its own. */
    private abstract static class Side implements AutoCloseable {
        final String name;
        final Map<Options, String> replyQueues = new LinkedHashMap<>();
        private final String url;
        private List<String> running = List.of();
        private List<String> stopped = List.of();

        Side(Management management, String name) {
            this.name = name;
            url = management.virtualHost(name);
        }

        boolean knows(Options options) {
            return true;
        }

        String url(Options options) {
            return url + (options.text.isEmpty() ? "" : "?" + options.text);
        }

        abstract void serve(Options options);

        abstract void call(Options options);

        abstract void stopAll();

        @Override
        public abstract void close();

        void declareAll(Management management) {
            List<Options> known =
                    Stream.of(Options.values()).filter(this::knows).toList();
            known.forEach(this::serve);
            try (Connection connection = connect()) {
                Channel channel = connection.createChannel();
                for (Options options : known) {
                    // The name of a reply queue says nothing; the request does.
                    BlockingQueue<Delivery> requests = tap(channel, options);
                    call(options);
                    replyQueues.put(options, replyQueue(requests.poll(60, TimeUnit.SECONDS)));
                }
            } catch (Exception e) {
                throw new AssertionError("declaring as " + name, e);
            }
            running = management.everything(name);
            stopAll();
            stopped = management.everything(name);
        }

        private Connection connect() throws Exception {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(url.replace("rabbit:", "amqp:"));
            return factory.newConnection();
        }

        private static BlockingQueue<Delivery> tap(Channel channel, Options options) throws IOException {
            BlockingQueue<Delivery> requests = new LinkedBlockingQueue<>();
            String queue = channel.queueDeclare().getQueue();
            String exchange = options.exchange();
            channel.queueBind(queue, exchange == null ? "openstack" : exchange, options.topic());
            channel.basicConsume(queue, true, (tag, delivery) -> requests.add(delivery), tag -> {});
            return requests;
        }

        private static String replyQueue(@Nullable Delivery delivery) throws IOException {
            assertThat(delivery).isNotNull();
            byte[] body = delivery.getBody();
            if (delivery.getProperties().getHeaders().containsKey("compression")) {
                body = new InflaterInputStream(new ByteArrayInputStream(body)).readAllBytes();
            }
            JsonNode message =
                    JSON.readTree(JSON.readTree(body).path("oslo.message").asString());
            return message.path("_reply_q").asString();
        }

        /** What these options made, names at random made alike. */
        List<String> declared(Options options, boolean whileRunning) {
            String reply = replyQueues.get(options);
            assertThat(reply).as("reply queue of " + options + " by " + name).isNotNull();
            List<String> lines = new ArrayList<>();
            for (String line : whileRunning ? running : stopped) {
                String words = " " + line.replaceAll("[=]", " ") + " ";
                boolean ours = line.contains("=" + options.topic() + " ")
                        || line.contains("=" + options.topic() + ".server1 ")
                        || line.contains("=" + options.topic() + "_fanout")
                        || options.exchange() != null && words.contains(" " + options.exchange() + " ")
                        || options == Options.NONE && words.contains(" name openstack ")
                        || words.contains(" " + reply + " ");
                if (ours) {
                    String plain = line.replaceAll("[0-9a-f]{32}", "ID");
                    // Python asks for everything unless told, Java for what may run at once; replies come without
                    // bound.
                    boolean asked = options.text.contains("rabbit_qos_prefetch_count");
                    lines.add(asked ? plain : plain.replaceAll("prefetch_count=\\d+", "prefetch_count=*"));
                }
            }
            return lines;
        }
    }

    private static final class Python extends Side {
        private final PeerProcess peer;
        private final boolean old;

        Python(Management management, Peer python, String name) {
            super(management, name);
            peer = PeerProcess.start(python, "oslo_topology.py");
            old = python == Peer.OSLO_MESSAGING_14;
        }

        @Override
        boolean knows(Options options) {
            return options.old || !old;
        }

        private void tell(String what, Options options) {
            Map<String, @Nullable Object> line = new HashMap<>();
            line.put("do", what);
            line.put("url", old ? url(options).replace(options.text, options.forOld()) : url(options));
            line.put("topic", options.topic());
            line.put("exchange", options.exchange());
            JsonNode answer = peer.call(line);
            assertThat(answer.has("ok")).as(options + ": " + answer).isTrue();
        }

        @Override
        void serve(Options options) {
            tell("serve", options);
        }

        @Override
        void call(Options options) {
            tell("call", options);
        }

        @Override
        void stopAll() {
            assertThat(peer.call(Map.of("do", "stop")).has("ok")).isTrue();
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    /** What is served. */
    public static class Endpoint {
        public String ping() {
            return "pong";
        }
    }

    private static final class Java extends Side {
        private final List<AutoCloseable> open = new ArrayList<>();

        Java(Management management) {
            super(management, "java");
        }

        private static Target target(Options options) {
            Target target = Target.topic(options.topic());
            return options.exchange() == null ? target : target.withExchange(options.exchange());
        }

        @Override
        void serve(Options options) {
            open.add(RpcServer.builder()
                    .endpoint(new Endpoint())
                    .listen(url(options), target(options).withServer("server1"))
                    .build()
                    .start());
        }

        @Override
        void call(Options options) {
            RpcClient client = RpcClient.builder(url(options))
                    .target(target(options))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            open.add(client);
            assertThat(client.call("ping", String.class)).isEqualTo("pong");
        }

        @Override
        void stopAll() {
            try {
                for (AutoCloseable each : open) {
                    each.close();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            open.clear();
        }

        @Override
        public void close() {
            stopAll();
        }
    }

    private Management management;
    private Side java;
    private Side python;
    private Side oldPython;

    @BeforeAll
    void declareAll() {
        management = new Management();
        java = new Java(management);
        python = new Python(management, Peer.OSLO_MESSAGING, "python");
        oldPython = new Python(management, Peer.OSLO_MESSAGING_14, "oldpython");
        CompletableFuture.allOf(Stream.of(python, oldPython, java)
                        .map(side -> CompletableFuture.runAsync(
                                () -> side.declareAll(management), Thread::startVirtualThread))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    @AfterAll
    void stop() throws IOException {
        for (Side side : List.of(java, python, oldPython)) {
            side.close();
        }
        management.close();
        Files.deleteIfExists(Path.of("/dev/shm/h_" + PROCESS + "_qmanager"));
    }

    @ParameterizedTest
    @EnumSource
    void javaDeclaresWhatPythonDeclares(Options options) {
        List<String> declared = python.declared(options, true);
        assertThat(declared).anyMatch(line -> line.startsWith("exchange name=" + options.topic() + "_fanout"));
        assertThat(declared).anyMatch(line -> line.startsWith("queue name=reply_"));
        assertThat(java.declared(options, true)).isEqualTo(declared);
    }

    @ParameterizedTest
    @EnumSource
    void javaLeavesBehindWhatPythonLeavesBehind(Options options) {
        assertThat(java.declared(options, false)).isEqualTo(python.declared(options, false));
    }

    static Stream<Options> oldOptions() {
        return Stream.of(Options.values()).filter(options -> options.old);
    }

    @ParameterizedTest
    @MethodSource("oldOptions")
    void javaDeclaresWhatOldPythonDeclares(Options options) {
        assertThat(java.declared(options, true)).isEqualTo(oldPython.declared(options, true));
        assertThat(java.declared(options, false)).isEqualTo(oldPython.declared(options, false));
    }
}
