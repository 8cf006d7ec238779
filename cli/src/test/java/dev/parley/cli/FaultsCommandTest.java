package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.EmbeddedBroker;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code parley faults} on the management API of an embedded broker. */
class FaultsCommandTest {
    private static final String OFF = "{\"refuse_connections\":false,\"stop_reading\":false,\"memory_alarm\":false,"
            + "\"delay\":0.0,\"cut_after_receiving\":0,\"cut_after_sending\":0,\"lose_confirms\":0,\"duplicate_confirms\":0}";

    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().managementPort(0).start();
    private final String url = "http://127.0.0.1:" + broker.managementPort();

    @AfterEach
    void end() {
        broker.close();
    }

    private Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    @Test
    void switchesOnAndOff() throws Exception {
        assertThat(Cli.run("faults", url).line()).isEqualTo(OFF);
        Cli.Run on = Cli.run("faults", url, "--delay", "200ms", "--lose-confirms", "1", "--refuse-connections");
        assertThat(on.line())
                .as(on.err())
                .isEqualTo(OFF.replace("0.0", "0.2")
                        .replace("\"lose_confirms\":0", "\"lose_confirms\":1")
                        .replace("\"refuse_connections\":false", "\"refuse_connections\":true"));
        assertThat(Cli.run("faults", url, "--refuse-connections=false").line()).contains("0.2", ":false,\"stop");
        assertThat(Cli.run("faults", url, "--clear", "--cut-after-sending", "7").line())
                .isEqualTo(OFF.replace("\"cut_after_sending\":0", "\"cut_after_sending\":7"));
        assertThat(Cli.run("faults", url, "--clear").line()).isEqualTo(OFF);
    }

    @Test
    void losesAConfirmAndDropsConnections() throws Exception {
        Connection connection = connect();
        CountDownLatch gone = new CountDownLatch(1);
        connection.addShutdownListener(cause -> gone.countDown());
        Channel channel = connection.createChannel();
        channel.queueDeclare("q", false, false, false, Map.of());
        channel.confirmSelect();
        Cli.Run lossy = Cli.run("faults", url, "--lose-confirms", "1");
        assertThat(lossy.exitCode()).as(lossy.err()).isZero();
        channel.basicPublish("", "q", null, new byte[1]);
        assertThat(channel.messageCount("q")).isEqualTo(1);
        assertThat(Cli.run("faults", url).line()).isEqualTo(OFF);
        assertThat(Cli.run("faults", url, "--drop-connections").err()).contains("1 connections dropped");
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void mistakesAreTold() {
        Cli.Run negative = Cli.run("faults", url, "--lose-confirms=-1");
        assertThat(negative.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(negative.err()).contains("lose_confirms must be from 0");
        Cli.Run stranger = Cli.run("faults", url.replace("//", "//bob:secret99@"));
        assertThat(stranger.exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
        assertThat(stranger.err()).doesNotContain("secret99");
        assertThat(Cli.run("faults", "tcp://127.0.0.1:1").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("faults", "http://127.0.0.1:1").exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
    }
}
