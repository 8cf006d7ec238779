package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.options.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class TransportTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Transport of(String text) throws IOException {
        return Transport.fromConfig(file("service.conf", text));
    }

    private static OsloOptions options(Transport transport) {
        return OsloOptions.of(Address.parse(transport.address()));
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
    void laterFilesAndFoldersAndTheEnvironmentTakePrecedence() throws IOException {
        Path main = file("service.conf", """
            [DEFAULT]
            transport_url = rabbit://main:$secret@broker/
            secret = one
            control_exchange = main
            rpc_response_timeout = 1
            [oslo_messaging_rabbit]
            kombu_reconnect_timeout = 7
            kombu_missing_consumer_retry_timeout = 8
            rabbit_retry_interval = 3
            """);
        Path directory = Files.createDirectory(folder.resolve("service.conf.d"));
        Files.writeString(directory.resolve("20-b.conf"), "[DEFAULT]\nsecret = b\ncontrol_exchange = b\n");
        Files.writeString(directory.resolve("10-a.conf"), "[DEFAULT]\nsecret = a\nrpc_response_timeout = 2\n");
        Files.writeString(directory.resolve("30-c.conf.bak"), "[DEFAULT]\nsecret = no\n");
        Files.writeString(directory.resolve(".40-d.conf"), "[DEFAULT]\nsecret = no\n");
        Path last = file("last.conf", "[Oslo_Messaging_Rabbit]\nkombu_reconnect_timeout = 9\n");
        Transport transport = Transport.builder()
                .file(main)
                .directory(directory)
                .file(last)
                .environment(Map.of(
                        "OS_DEFAULT__RPC_RESPONSE_TIMEOUT", "5",
                        "OS_OSLO_MESSAGING_RABBIT__RABBIT_QUORUM_QUEUE", "true",
                        "OS_OSLO_MESSAGING_RABBIT__NO_SUCH", "1"))
                .build();
        Address address = Address.parse(transport.address());
        assertThat(address.password()).isEqualTo("b");
        OsloOptions options = options(transport);
        assertThat(options.controlExchange()).isEqualTo("b");
        assertThat(options.responseTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.topology().quorum()).isTrue();
        // A former name in a later file takes precedence over the present one in an earlier file.
        assertThat(options.missingConsumerRetry()).isEqualTo(Duration.ofSeconds(9));
        assertThat(options(Transport.fromConfig(main)).missingConsumerRetry()).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void anotherUrlHasTheSameOptions() throws IOException {
        Path file = file("service.conf", """
            [DEFAULT]
            transport_url = rabbit://main/?rabbit_quorum_queue=true
            rpc_response_timeout = 7
            [oslo_messaging_rabbit]
            rabbit_retry_interval = 5
            """);
        Transport cell = Transport.builder()
                .file(file)
                .url("rabbit://cell/?rabbit_retry_interval=6")
                .defaultControlExchange("nova")
                .build();
        Address address = Address.parse(cell.address());
        assertThat(address.host()).isEqualTo("cell");
        assertThat(address.options())
                .containsEntry("rabbit_retry_interval", "6")
                .doesNotContainKey("rabbit_quorum_queue");
        assertThat(options(cell).responseTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options(cell).controlExchange()).isEqualTo("nova");
        Path set = file("set.conf", "[DEFAULT]\ncontrol_exchange = own\n");
        assertThat(options(Transport.builder()
                                .file(set)
                                .defaultControlExchange("nova")
                                .build())
                        .controlExchange())
                .isEqualTo("own");
    }

    @ParameterizedTest
    @CsvSource({
        "nova.conf, '', nova",
        "nova-compute.conf, '', nova",
        "glance-api.conf, '', glance",
        "cinder.conf, '', openstack",
        "ironic-inspector.conf, '', openstack",
        "novel.conf, '', openstack",
        "etc/neutron/plugins/ml2.ini, '', neutron",
        "other/neutron/ml2.ini, '', openstack",
        "service.conf, '[keystone_authtoken]\nusername = heat', heat",
        "service.conf, '[keystone_authtoken]\nusername = heater', openstack",
        "nova.conf, '[keystone_authtoken]\nusername = heat', nova",
        "nova.conf, '[DEFAULT]\ncontrol_exchange = cell1', cell1",
        "nova.conf, '[DEFAULT]\ntransport_url = rabbit://h/?control_exchange=cell2', cell2",
    })
    void aKnownServiceHasItsOwnControlExchange(String name, String text, String expected) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text.replace("\\n", "\n"));
        assertThat(options(Transport.fromConfig(path)).controlExchange()).isEqualTo(expected);
        assertThat(OsloOptions.of(Address.parse(
                                Transport.fromConfig(path).notifications().address()))
                        .controlExchange())
                .isEqualTo(expected);
    }

    @Test
    void theSizeOfTheThreadPoolIsPartOfTheAddress() throws IOException {
        Path file = file("service.conf", "[DEFAULT]\nrpc_thread_pool_size = 5\n");
        assertThat(options(Transport.fromConfig(file)).maxCalls()).isEqualTo(5);
        Transport.Builder withDefault = Transport.builder().defaultExecutorThreadPoolSize(7);
        assertThat(options(withDefault.build()).maxCalls()).isEqualTo(7);
        assertThat(options(withDefault.file(file).build()).maxCalls()).isEqualTo(5);
        assertThat(options(of("")).maxCalls()).isZero();
        assertThatThrownBy(() -> Transport.builder().defaultExecutorThreadPoolSize(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheSettingsOfNotifications() throws IOException {
        NotificationSettings none =
                of("[DEFAULT]\ntransport_url = rabbit://main/\n").notifications();
        assertThat(none.address()).isEqualTo("rabbit://main/");
        assertThat(none.drivers()).isEmpty();
        assertThat(none.topics()).containsExactly("notifications");
        assertThat(none.retries()).isEqualTo(-1);
        assertThat(none.routingFile()).isNull();

        Path first = file("first.conf", """
            [DEFAULT]
            transport_url = rabbit://main/
            notification_driver = log
            [oslo_messaging_notifications]
            driver = messaging
            driver = messagingv2
            topics = notifications, metering ,
            retry = 3
            routing_config = /etc/routes.yaml
            [oslo_messaging_rabbit]
            amqp_durable_queues = true
            """);
        Path second = file("second.conf", """
            [oslo_messaging_notifications]
            transport_url = rabbit://other:5673/
            driver = routing
            """);
        Transport transport = Transport.fromConfig(first, second);
        assertThat(Address.parse(transport.address()).host()).isEqualTo("main");
        NotificationSettings settings = transport.notifications();
        assertThat(settings.address()).isEqualTo("rabbit://other:5673/?amqp_durable_queues=true");
        assertThat(settings.drivers()).containsExactly("messaging", "messagingv2", "log", "routing");
        assertThat(settings.topics()).containsExactly("notifications", "metering");
        assertThat(settings.retries()).isEqualTo(3);
        assertThat(settings.routingFile()).isEqualTo(Path.of("/etc/routes.yaml"));

        Path kafka = file("kafka.conf", """
            [oslo_messaging_notifications]
            transport_url = kafka://broker:9092/
            [oslo_messaging_kafka]
            consumer_group = feed
            compression_codec = zstd
            """);
        assertThat(Transport.fromConfig(first, kafka).notifications().address())
                .isEqualTo("kafka://broker:9092/?consumer_group=feed&compression_codec=zstd");
        assertThat(Transport.builder()
                        .environment(Map.of("OS_OSLO_MESSAGING_NOTIFICATIONS__DRIVER", "log, noop"))
                        .build()
                        .notifications()
                        .drivers())
                .containsExactly("log", "noop");
    }

    @ParameterizedTest
    @CsvSource({
        "retry = often, whole number",
        "retry = -2, whole number",
    })
    void namesTheSettingOfNotificationsThatIsWrong(String line, String expected) {
        assertThatThrownBy(() -> of("[oslo_messaging_notifications]\n" + line))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining("[oslo_messaging_notifications] retry");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'$a'|1",
                "'${a}'|1",
                "'$$a'|$a",
                "'\\$a'|$a",
                "'$c'|1x",
                "'$DEFAULT.a-$other.b'|1-2",
                "'$nothing'|$nothing",
                "'\"$a\"'|1",
                "$|$",
            })
    void replacesReferences(String value, String expected) throws IOException {
        assertThat(options(of("[other]\nb = 2\n[DEFAULT]\na = 1\nc = ${a}x\ncontrol_exchange = " + value))
                        .controlExchange())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "a = 1, line 1, before the first group",
        "'[DEFAULT]\n= 1', line 2, no name",
        "'[DEFAULT]\nsecret', line 2, name = value",
        "'[DEFAULT', line 1, not a group",
        "'[]', line 1, not a group",
        "'[DEFAULT]\n a = 1', line 2, continue",
        "'[DEFAULT]\na = 1\n\n b', line 4, continue",
        "'[DEFAULT]\ncontrol_exchange = $b\nb = $control_exchange', control_exchange, itself",
    })
    void namesTheLineThatIsMalformed(String text, String where, String what) {
        assertThatThrownBy(() -> of(text.replace("\\n", "\n")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(where)
                .hasMessageContaining(what)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void namesTheOptionsThatHaveNoEffect() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.oslo.config.UnusedOptions");
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        try {
            of("""
                [DEFAULT]
                debug = true
                transport_ulr = rabbit://a/
                rabbit_host = a
                rpc_workers = 4
                rpc_conn_pool_sise = 3
                rabbit_quorum_queue = true
                [default]
                control_exchange = x
                [oslo_messaging_rabit]
                rabbit_retry_interval = 3
                [oslo_messaging_rabbit]
                of_another_release = 1
                heartbeat_rate = 3
                [oslo_messaging_metrics]
                metrics_enabled = true
                metrics_enable = true
                [database]
                connection = x
                """);
        } finally {
            logger.setLevel(null);
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .extracting(event -> event.getLevel() + " " + event.getFormattedMessage())
                .containsExactlyInAnyOrder(
                        "WARN ignored option [DEFAULT] transport_ulr of the configuration; is [DEFAULT] transport_url meant?",
                        "WARN ignored option [DEFAULT] rabbit_host of the configuration: transport_url replaces it",
                        "INFO ignored option [DEFAULT] rpc_workers of the configuration: it is unknown or has no effect",
                        "WARN ignored option [DEFAULT] rpc_conn_pool_sise of the configuration;"
                                + " is [oslo_messaging_rabbit] rpc_conn_pool_size meant?",
                        "WARN ignored option [DEFAULT] rabbit_quorum_queue of the configuration;"
                                + " is [oslo_messaging_rabbit] rabbit_quorum_queue meant?",
                        "WARN ignored option [default] control_exchange of the configuration;"
                                + " is [DEFAULT] control_exchange meant?",
                        "WARN ignored option [oslo_messaging_rabit] rabbit_retry_interval of the configuration;"
                                + " is [oslo_messaging_rabbit] rabbit_retry_interval meant?",
                        "WARN ignored option [oslo_messaging_rabbit] of_another_release of the configuration:"
                                + " it is unknown or has no effect",
                        "INFO option [oslo_messaging_rabbit] heartbeat_rate has no effect here",
                        "INFO option [oslo_messaging_metrics] metrics_enabled has no effect here",
                        "WARN ignored option [oslo_messaging_metrics] metrics_enable of the configuration:"
                                + " it is unknown or has no effect");
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
        assertThatThrownBy(() -> Transport.builder().directory(folder.resolve("none.d")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("none.d");
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
        "kombu_compression=zstd, gzip",
        "duplicate_window=15, 16",
        "executor_thread_pool_size=0, from 1",
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
