package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.oslo.Transport;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Transport URLs and configuration files mean to Java what they mean to Python. */
@NeedsPeer(Peer.OSLO_MESSAGING)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransportUrlTest {
    private PeerProcess python;

    @BeforeAll
    void start() {
        python = PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_url.py");
    }

    @AfterAll
    void stop() {
        python.close();
    }

    private JsonNode read(String kind, String text) {
        JsonNode answer = python.call(Map.of(kind, text));
        assertThat(answer.has("ok")).as(answer.toString()).isTrue();
        return answer.path("ok");
    }

    private static void assertSameHosts(JsonNode expected, Address address) {
        assertThat(address.scheme()).isEqualTo(expected.path("transport").asString());
        assertThat(address.hosts())
                .isEqualTo(expected.path("hosts")
                        .valueStream()
                        .map(host -> new Address.Host(
                                host.path("hostname").asString(),
                                host.path("port").asInt(-1),
                                text(host.path("username")),
                                text(host.path("password"))))
                        .toList());
        // To Python's driver none is as good as an empty one.
        assertThat(URLDecoder.decode(address.path().replaceFirst("^/", "").replace("+", "%2B"), StandardCharsets.UTF_8))
                .isEqualTo(expected.path("virtual_host").asString(""));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.asString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rabbit://",
                "rabbit:///",
                "rabbit:///nova",
                "rabbit://host",
                "rabbit://host/",
                "rabbit://host//",
                "rabbit://host/%2F",
                "rabbit://host/nova",
                "rabbit://host/nova/cell1",
                "rabbit://host/a%2Fb%20c",
                "rabbit://host/a+b",
                "rabbit://host/%C3%BC",
                "rabbit://host:5673/",
                "kombu://host/",
                "RABBIT://Host/Nova",
                "rabbit://user@host/",
                "rabbit://user:@host/",
                "rabbit://:password@host/",
                "rabbit://user:password@host:5672/nova",
                "rabbit://user:pass:word@host/",
                "rabbit://user:p@ss@host/",
                "rabbit://us%3Aer:p%40ss%2Fw%23rd%25@host/",
                "rabbit://user:p+q@host/",
                "rabbit://user:%C3%BC@host/",
                "rabbit://u:p@one:5672,u:p@two:5673,u:p@three/nova",
                "rabbit://u:p@one,two/nova",
                "rabbit://,one,,two,/nova",
                "rabbit://[::1]/",
                "rabbit://[fe80::1]:5673/nova",
                "rabbit://u:p@four:1,u:p@[fe80::1]:5673,u:p@[fe80::2]:5674/",
                "rabbit://u:p@fe80::1/",
                "rabbit://host/?",
                "rabbit://host/nova?rabbit_quorum_queue=true",
                "rabbit://host?heartbeat_timeout_threshold=0",
                "rabbit://host/nova?ssl=1&ssl_ca_file=%2Fetc%2Fca%20file.pem&hostname=a%26b%3Dc%2Bd",
                "rabbit://host/?a=1&&b=2&",
            })
    void aUrlMeansTheSame(String url) {
        JsonNode expected = read("url", url);
        Address address = Address.parse(url);
        assertSameHosts(expected, address);
        Map<String, String> options = new LinkedHashMap<>();
        expected.path("query")
                .propertyStream()
                .forEach(it -> options.put(it.getKey(), it.getValue().asString()));
        assertThat(address.options()).isEqualTo(options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rabbit://host:/", "rabbit://host:port/", "rabbit://host:1x/"})
    void neitherTakesSuchPorts(String url) {
        assertThat(python.call(Map.of("url", url)).at("/error/type").asString()).isEqualTo("ValueError");
        assertThatThrownBy(() -> Address.parse(url)).isInstanceOf(InvalidTargetException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[DEFAULT]\ntransport_url = rabbit://nova:secret@host:5672/nova\n",
                "[DEFAULT]\ntransport_url: rabbit://nova:secret@host:5672/nova\ncontrol_exchange: nova\n",
                "[DEFAULT]\ntransport_url=\"rabbit://q=1:p:2@host\"\ncontrol_exchange = 'nova'\n",
                "[DEFAULT]\ntransport_url = rabbit://a:1,\n  b:2,\n\tc:3/nova\nrpc_response_timeout = 5\n",
                "[DEFAULT]\ntransport_url = rabbit://u:p$$w@host\n",
                "[DEFAULT]\ntransport_url = rabbit://u:p\\$w@host\n",
                """
                [DEFAULT]
                control_exchange = nova
                transport_url = rabbit://$control_exchange@${control_exchange}host
                """,
                """
                [DEFAULT]
                transport_url = rabbit://one
                # a comment
                ; another
                control_exchange = first
                control_exchange = last
                """,
                """
                [DEFAULT]
                control_exchange = neutron
                transport_url = rabbit://host/?rabbit_quorum_queue=False

                [other]
                control_exchange = not this one
                ssl_ca_file = nor this one

                [oslo_messaging_rabbit]
                rabbit_quorum_queue = True
                rabbit_quorum_delivery_limit = 3
                ssl_ca_file = /etc/a # b.pem
                ssl_cert_file = /etc/${hostname}.pem
                hostname = node1
                processname = ${control_exchange}-agent
                kombu_reconnect_delay = 2.5

                [oslo_messaging_rabbit]
                ssl_key_file = $oslo_messaging_rabbit.hostname
                """,
            })
    void aConfigurationMeansTheSame(String text, @TempDir Path folder) throws IOException {
        assertSame(
                read("conf", text),
                Address.parse(Transport.fromConfig(Files.writeString(folder.resolve("service.conf"), text))
                        .address()));
    }

    private static void assertSame(JsonNode expected, Address address) {
        assertSameHosts(expected, address);
        Map<String, String> options = new LinkedHashMap<>();
        expected.path("rabbit")
                .propertyStream()
                .forEach(it -> options.put(it.getKey(), it.getValue().asString()));
        // What the URL says goes before.
        expected.path("query")
                .propertyStream()
                .forEach(it -> options.put(it.getKey(), it.getValue().asString()));
        Map<String, String> read = new LinkedHashMap<>(address.options());
        for (List<String> common :
                List.of(List.of("control_exchange", "openstack"), List.of("rpc_response_timeout", "60"))) {
            String name = common.getFirst();
            assertThat(read.getOrDefault(name, common.getLast()))
                    .as(name)
                    .isEqualTo(expected.path(name).asString());
            read.remove(name);
        }
        assertThat(read).isEqualTo(options);
    }

    /**
     * A configuration of several sources.
     *
     * @param layers the text of a file, or the files of a folder by name
     */
    record Layered(String name, List<Object> layers, Map<String, String> environment) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Layered> layered() {
        String first = """
                [DEFAULT]
                transport_url = rabbit://first:$secret@one/
                secret = a
                control_exchange = first
                executor_thread_pool_size = 3
                [oslo_messaging_rabbit]
                kombu_reconnect_timeout = 7
                rabbit_retry_interval = 3
                [oslo_messaging_notifications]
                driver = messaging
                driver = log
                topics = one , two,
                retry = 2
                """;
        String second = """
                [DEFAULT]
                secret = b
                rpc_thread_pool_size = 4
                [OSLO_messaging_RABBIT]
                kombu_missing_consumer_retry_timeout = 8
                [oslo_messaging_notifications]
                driver = noop
                """;
        return List.of(
                new Layered("nothing", List.of(), Map.of()),
                new Layered("one file", List.of(first), Map.of()),
                new Layered("the second takes precedence", List.of(first, second), Map.of()),
                new Layered("the first takes precedence", List.of(second, first), Map.of()),
                new Layered(
                        "a folder",
                        List.of(
                                first,
                                Map.of(
                                        "b.conf", "[DEFAULT]\nsecret = of-b\n",
                                        "a.conf", "[DEFAULT]\nsecret = of-a\ncontrol_exchange = of-a\n",
                                        "c.conf.orig", "[DEFAULT]\nsecret = of-c\n",
                                        ".d.conf", "[DEFAULT]\nsecret = of-d\n")),
                        Map.of()),
                new Layered(
                        "a folder between files",
                        List.of(first, Map.of("a.conf", "[DEFAULT]\nsecret = of-a\ncontrol_exchange = of-a\n"), second),
                        Map.of()),
                new Layered(
                        "the environment",
                        List.of(first),
                        Map.of(
                                "OS_DEFAULT__SECRET", "of-environment",
                                "OS_DEFAULT__CONTROL_EXCHANGE", "$executor_thread_pool_size",
                                "OS_OSLO_MESSAGING_RABBIT__RABBIT_RETRY_INTERVAL", "9",
                                "OS_OSLO_MESSAGING_NOTIFICATIONS__TOPICS", "three",
                                "OS_OSLO_MESSAGING_NOTIFICATIONS__RETRY", "5")),
                new Layered("references to references", List.of("""
                                [DEFAULT]
                                transport_url = rabbit://$control_exchange@host/
                                control_exchange = $oslo_messaging_rabbit.hostname-x
                                [oslo_messaging_rabbit]
                                hostname = ${processname}y
                                processname = $$z
                                """), Map.of()));
    }

    @ParameterizedTest
    @MethodSource("layered")
    void severalSourcesMeanTheSame(Layered given, @TempDir Path folder) throws IOException {
        Transport.Builder builder = Transport.builder().environment(given.environment());
        for (int i = 0; i < given.layers().size(); i++) {
            Path path = folder.resolve(i + ".conf");
            if (given.layers().get(i) instanceof Map<?, ?> files) {
                Files.createDirectory(path);
                for (Map.Entry<?, ?> file : files.entrySet()) {
                    Files.writeString(
                            path.resolve(file.getKey().toString()),
                            file.getValue().toString());
                }
                builder.directory(path);
            } else {
                builder.file(Files.writeString(path, given.layers().get(i).toString()));
            }
        }
        Transport transport = builder.build();
        JsonNode answer = python.call(Map.of("layers", given.layers(), "env", given.environment()));
        assertThat(answer.has("ok")).as(answer.toString()).isTrue();
        JsonNode expected = answer.path("ok");
        Address address = Address.parse(transport.address());
        assertThat(address.options().getOrDefault("executor_thread_pool_size", "64"))
                .isEqualTo(expected.path("executor_thread_pool_size").asString());
        assertSame(expected, address.withoutOptions(Set.of("executor_thread_pool_size")));
        JsonNode notifications = expected.path("notifications");
        assertThat(transport.notifications().drivers()).isEqualTo(texts(notifications.path("driver")));
        assertThat(transport.notifications().topics()).isEqualTo(texts(notifications.path("topics")));
        assertThat(transport.notifications().retries())
                .isEqualTo(notifications.path("retry").asInt());
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = 1\n",
                "[DEFAULT]\n= 1\n",
                "[DEFAULT]\nsecret\n",
                "[DEFAULT\na = 1\n",
                "[]\n",
                "[DEFAULT]\n a = 1\n",
                "[DEFAULT]\na = 1\n\n b\n",
            })
    void neitherReadsMalformedFiles(String text, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("service.conf"), text);
        assertThat(python.call(Map.of("layers", List.of(text))).has("error")).isTrue();
        assertThatThrownBy(() -> Transport.fromConfig(file)).isInstanceOf(InvalidTargetException.class);
    }
}
