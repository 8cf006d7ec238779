package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.options.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportTest {
    @TempDir
    Path folder;

    private Transport of(String text) throws IOException {
        return Transport.fromConfig(Files.writeString(folder.resolve("service.conf"), text));
    }

    @Test
    void readsTheConfigurationOfAnOpenStackService() throws IOException {
        Transport transport = of("""
            [DEFAULT]
            # comment
            secret = p%40ss
            transport_url = rabbit://nova:${secret}@a:5672,
                nova:$secret@b:5673/nova?heartbeat_timeout_threshold=30
            control_exchange=nova
            rpc_response_timeout = 120
            debug = true

            [database]
            rabbit_quorum_queue = false

            [oslo_messaging_rabbit]
            rabbit_quorum_queue = True
            heartbeat_timeout_threshold = 99
            rpc_conn_pool_size = 30
            of_another_release = 1
            """);
        Address address = Address.parse(transport.address());
        assertThat(address.hosts()).extracting(Address.Host::toString).containsExactly("a:5672", "b:5673");
        assertThat(address.password()).isEqualTo("p@ss");
        OsloOptions options = OsloOptions.of(address);
        assertThat(options.controlExchange()).isEqualTo("nova");
        assertThat(options.responseTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.topology().quorum()).isTrue();
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(30));
        assertThat(transport.toString()).contains("nova:***@a").doesNotContain("p%40ss", "p@ss");
    }

    @Test
    void readsFormerNamesAndGroupsOfOptions() throws IOException {
        OsloOptions options = OsloOptions.of(Address.parse(of("""
            [DEFAULT]
            amqp_auto_delete = True
            rabbit_login_method = PLAIN
            kombu_reconnect_delay = 7
            [oslo_messaging_rabbit]
            rabbit_use_ssl = True
            kombu_ssl_ca_certs = /ca.pem
            kombu_ssl_certfile = /cert.pem
            kombu_ssl_keyfile = /old.pem
            ssl_key_file = /key.pem
            kombu_ssl_version = TLSv1_2
            kombu_reconnect_timeout = 5
            kombu_reconnect_delay = 8
            """).address()));
        assertThat(options.tls()).isEqualTo(new OsloOptions.Tls("/ca.pem", "/cert.pem", "/key.pem", true));
        assertThat(options.missingConsumerRetry()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.loginMethod()).isEqualTo(OsloOptions.LoginMethod.PLAIN);
        assertThat(options.consumerRetryPause()).isEqualTo(Duration.ofSeconds(8));
        assertThat(options.topology()
                        .topicQueue(options.topology().topicExchange("openstack"), "t")
                        .autoDelete())
                .isTrue();
    }

    @Test
    void defaultsToGuestAtLocalhost() throws IOException {
        assertThat(of("").address()).isEqualTo("rabbit://");
    }

    @Test
    void namesTheFileThatItCannotRead() {
        assertThatThrownBy(() -> Transport.fromConfig(folder.resolve("none.conf")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("none.conf");
    }

    @ParameterizedTest
    @CsvSource({"'', /", "/, /", "/nova, nova", "//, /", "/a%2Fb, a/b", "/%2F, /"})
    void readsTheVirtualHost(String path, String expected) {
        assertThat(VirtualHost.of(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "nosuch=1, nosuch",
        "rabbit_login_method=MD5, amqplain",
        "kombu_compression=bz2, gzip",
        "duplicate_window=15, 16",
        "rabbit_retry_interval=-1, rabbit_retry_interval",
        "amqp_durable_queues=perhaps, true or false",
        "kombu_failover_strategy=x, round-robin",
        "rabbit_ha_queues=1&rabbit_quorum_queue=1, exclusive",
        "rabbit_ha_queues=1&rabbit_transient_quorum_queue=1, exclusive",
        "ssl_enforce_fips_mode=True, JVM",
        "rabbit_transient_queues_ttl=4294968, 4294967",
        "rabbit_stream_fanout=1, rabbit_transient_quorum_queue",
    })
    void namesTheOptionThatIsWrong(String option, String expected) {
        assertThatThrownBy(() -> OsloOptions.of(Address.parse("rabbit://host/?" + option)))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(expected);
    }
}
