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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
        JsonNode expected = read("conf", text);
        Address address = Address.parse(Transport.fromConfig(Files.writeString(folder.resolve("service.conf"), text))
                .address());
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
}
