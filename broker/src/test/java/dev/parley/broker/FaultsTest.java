package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.broker.conformance.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final EmbeddedBroker broker = EmbeddedBroker.builder().start();

    @AfterEach
    void end() {
        broker.close();
    }

    @Test
    void dropsConnections() throws Exception {
        Connection connection = connect(broker);
        var gone = new CountDownLatch(1);
        connection.addShutdownListener(cause -> gone.countDown());
        assertThat(broker.faults().dropConnections(info -> info.clientName().equals("another client")))
                .isZero();
        assertThat(broker.faults().dropConnections()).isEqualTo(1);
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void refusesConnections() throws Exception {
        broker.faults().refuseConnections(true);
        assertThatThrownBy(() -> connect(broker)).isInstanceOf(IOException.class);
        broker.faults().clear();
        connect(broker).close();
    }

    @Test
    void stopsAndResumesReading() throws Exception {
        Channel channel = connect(broker).createChannel();
        channel.queueDeclare("q", false, false, false, Map.of());
        channel.confirmSelect();
        broker.faults().stopReading(true);
        channel.basicPublish("", "q", null, new byte[1]);
        assertThatThrownBy(() -> channel.waitForConfirms(300)).isInstanceOf(TimeoutException.class);
        broker.faults().stopReading(false);
        assertThat(channel.waitForConfirms(10_000)).isTrue();
    }

    @Test
    void doesNotReadNewConnectionsEither() throws Exception {
        broker.faults().stopReading(true);
        try (RawClient client = new RawClient("127.0.0.1", broker.port())) {
            var login = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.login(0);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThatThrownBy(() -> login.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            broker.faults().stopReading(false);
            assertThat(login.get(30, TimeUnit.SECONDS)).isSameAs(client);
        }
    }

    @Test
    void stallsChannelsThatAreOpen() throws Exception {
        Connection connection = connect(broker);
        Channel channel = connection.createChannel();
        channel.queueDeclare("q", false, false, false, Map.of());
        channel.confirmSelect();
        assertThat(broker.faults().stallChannels()).isEqualTo(1);
        channel.basicPublish("", "q", null, new byte[1]);
        assertThatThrownBy(() -> channel.waitForConfirms(300)).isInstanceOf(TimeoutException.class);
        assertThat(channel.messageCount("q")).isZero();
        Channel other = connection.createChannel();
        other.confirmSelect();
        other.basicPublish("", "q", null, new byte[1]);
        assertThat(other.waitForConfirms(10_000)).isTrue();
        assertThat(channel.messageCount("q")).isEqualTo(1);
    }

    @Test
    void delaysInOrder() throws Exception {
        Channel channel = connect(broker).createChannel();
        channel.queueDeclare("q", false, false, false, Map.of());
        broker.faults().delay(Duration.ofMillis(200));
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            channel.basicPublish("", "q", null, new byte[] {(byte) i});
        }
        assertThat(channel.messageCount("q")).isEqualTo(10);
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(200).toNanos());
        broker.faults().clear();
        for (int i = 0; i < 10; i++) {
            assertThat(channel.basicGet("q", true).getBody()).containsExactly(i);
        }
    }

    @Test
    void keepsTheOrderWhenTheDelayEnds() throws Exception {
        Channel channel = connect(broker).createChannel();
        channel.queueDeclare("q", false, false, false, Map.of());
        broker.faults().delay(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            channel.basicPublish("", "q", null, new byte[] {(byte) i});
        }
        Thread.sleep(300);
        broker.faults().clear();
        channel.basicPublish("", "q", null, new byte[] {5});
        assertThat(channel.messageCount("q")).isEqualTo(6);
        for (int i = 0; i < 6; i++) {
            assertThat(channel.basicGet("q", true).getBody()).containsExactly(i);
        }
    }

    @Test
    void blocksPublishersOnDemand() throws Exception {
        Connection connection = connect(broker);
        var blocked = new CountDownLatch(1);
        var unblocked = new CountDownLatch(1);
        connection.addBlockedListener(reason -> blocked.countDown(), unblocked::countDown);
        broker.faults().memoryAlarm(true);
        connection.createChannel().basicPublish("amq.fanout", "", null, new byte[1]);
        assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
        broker.faults().memoryAlarm(false);
        assertThat(unblocked.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static Channel confirming(Connection connection) throws IOException {
        Channel channel = connection.createChannel();
        channel.queueDeclare("q", false, false, false, Map.of());
        channel.confirmSelect();
        return channel;
    }

    @Test
    void cutsAConnectionInTheMidstOfAMessageFromItsClient() throws Exception {
        Connection connection = connect(broker);
        Channel channel = confirming(connection);
        broker.faults().cutAfterReceiving(100);
        channel.basicPublish("", "q", null, new byte[1000]);
        assertThatThrownBy(() -> channel.waitForConfirms(30_000)).isInstanceOf(ShutdownSignalException.class);
        assertThat(broker.queues())
                .singleElement()
                .satisfies(queue -> assertThat(queue.ready()).isZero());
        assertThatThrownBy(() -> connect(broker)).isInstanceOf(IOException.class);
        broker.faults().clear();
        connect(broker).close();
    }

    @Test
    void cutsAConnectionInTheMidstOfAMessageToItsClient() throws Exception {
        Connection connection = connect(broker);
        Channel channel = confirming(connection);
        channel.basicPublish("", "q", null, new byte[1000]);
        assertThat(channel.waitForConfirms(30_000)).isTrue();
        broker.faults().cutAfterSending(100);
        assertThatThrownBy(() -> channel.basicGet("q", true))
                .isInstanceOfAny(IOException.class, ShutdownSignalException.class);
        broker.faults().clear();
        try (RawClient client = new RawClient("127.0.0.1", broker.port())) {
            client.login(0);
        }
    }

    @Test
    void losesConfirms() throws Exception {
        Channel channel = confirming(connect(broker));
        broker.faults().loseConfirms(2);
        BlockingQueue<String> confirms = new LinkedBlockingQueue<>();
        channel.addConfirmListener((tag, multiple) -> confirms.add(tag + " " + multiple), (tag, multiple) -> {});
        for (int i = 0; i < 5; i++) {
            channel.basicPublish("", "q", null, new byte[1]);
        }
        for (String expected : new String[] {"3 false", "4 false", "5 false"}) {
            assertThat(confirms.poll(30, TimeUnit.SECONDS)).isEqualTo(expected);
        }
        assertThat(channel.messageCount("q")).isEqualTo(5);
        assertThat(confirms).isEmpty();
    }

    @Test
    void sendsConfirmsTwice() throws Exception {
        Channel channel = confirming(connect(broker));
        broker.faults().duplicateConfirms(1);
        BlockingQueue<String> confirms = new LinkedBlockingQueue<>();
        channel.addConfirmListener((tag, multiple) -> confirms.add(tag + " " + multiple), (tag, multiple) -> {});
        channel.basicPublish("", "q", null, new byte[1]);
        assertThat(confirms.poll(30, TimeUnit.SECONDS)).isEqualTo("1 false");
        assertThat(confirms.poll(30, TimeUnit.SECONDS)).isEqualTo("1 false");
        channel.basicPublish("", "q", null, new byte[1]);
        assertThat(confirms.poll(30, TimeUnit.SECONDS)).isEqualTo("2 false");
    }
}
