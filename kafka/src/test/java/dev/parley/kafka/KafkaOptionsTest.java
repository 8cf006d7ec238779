package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses of Kafka. */
class KafkaOptionsTest {
    private static KafkaOptions options(String address) {
        return KafkaOptions.of(Address.parse(address));
    }

    @ParameterizedTest
    @CsvSource({
        "kafka://, localhost:9092",
        "kafka://h, h:9092",
        "'kafka://h:1,[::1]:2,h3', 'h:1,[::1]:2,h3:9092'",
    })
    void takesSeveralHosts(String address, String servers) {
        assertThat(options(address).bootstrapServers()).isEqualTo(servers);
    }

    @ParameterizedTest
    @CsvSource({"kafka://h, ", "kafka://h/, ", "kafka://h/site, site", "kafka://h/a%2Db, a-b"})
    void readsTheVirtualHost(String address, String name) {
        assertThat(options(address).virtualHost()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kafka://h/?nonsense=1| unknown option 'nonsense' for kafka; it has auto_offset_reset",
                "kafka://h/?compression_codec=bzip2| option compression_codec=bzip2 must be none or gzip",
                "kafka://h/?max_poll_records=0| option max_poll_records=0 must be a whole number from 1",
                "kafka://h/?consumer_group=| option consumer_group must not be empty",
                "kafka://h/?producer_batch_timeout=61| must be at most 60 seconds",
                "kafka://h/?sasl_mechanism=GSSAPI| must be PLAIN or SCRAM-SHA-256 or SCRAM-SHA-512",
                "kafka://h/?security_protocol=TLS| must be PLAINTEXT or SASL_PLAINTEXT or SSL or SASL_SSL",
                "kafka://h/?security_protocol=SASL_SSL| needs a user and a password",
                "kafka://u@h/?security_protocol=SASL_SSL| needs a user and a password",
                "kafka://u:p@h/| credentials need security_protocol=SASL_SSL or SASL_PLAINTEXT",
                "kafka://u:p@h,v:q@i/?security_protocol=SASL_SSL| remove those of i or make them the same",
                "kafka://h/?security_protocol=SSL&ssl_client_cert_file=c| must be set together",
                "kafka://h/a/b| 'a/b' is no name of a Kafka topic",
            })
    void saysWhatIsWrong(String address, String message) {
        assertThatThrownBy(() -> options(address))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesLimitsOfQueues() {
        assertThatThrownBy(() ->
                        Feed.WIRE.publisher(Address.parse("kafka://h/"), Feed.VALUES, null, new QueueLimits(1000, -1)))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("retention.ms");
    }

    @Test
    void neverShowsASecret() {
        KafkaOptions options =
                options("kafka://u:hidden1@h/?security_protocol=SASL_SSL&ssl_client_key_password=hidden2");
        assertThat(options.toString()).doesNotContain("hidden");
        Map<String, Object> properties = new HashMap<>(options.security().properties(null));
        assertThat(properties.toString()).contains("sasl.jaas.config").doesNotContain("hidden1", "hidden2");
    }

    @Test
    void keepsCountsOfRedeliveriesBesideTheOffset() {
        String text = RedeliveryCounts.encode(List.of(new long[] {17, 2}, new long[] {19, 1}));
        assertThat(text).isEqualTo("parley-redeliveries 17=2 19=1");
        assertThat(RedeliveryCounts.decode(text)).isEqualTo(Map.of(17L, 2, 19L, 1));
        assertThat(RedeliveryCounts.decode("someone else's 17=2")).isEmpty();
        assertThat(RedeliveryCounts.decode(null)).isEmpty();
        assertThat(RedeliveryCounts.encode(List.of())).isEmpty();
    }
}
