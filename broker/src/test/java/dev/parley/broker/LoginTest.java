package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.conformance.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LoginTest {
    private static ConnectionFactory factory(EmbeddedBroker broker, String user, String password) {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.port());
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    private static void assertRefused(EmbeddedBroker broker, String user, String password) {
        assertThatThrownBy(() -> factory(broker, user, password).newConnection())
                .isInstanceOf(AuthenticationFailureException.class);
    }

    /** The whole response of the management API, which is asked from this address. */
    private static String get(EmbeddedBroker broker, String path, String user, String password, String from)
            throws IOException {
        try (Socket socket = new Socket("127.0.0.1", broker.managementPort(), InetAddress.getByName(from), 0)) {
            String login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
            String request = "GET /api/" + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + login
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String get(EmbeddedBroker broker, String path, String user, String password) throws IOException {
        return get(broker, path, user, password, "127.0.0.1");
    }

    @Test
    void failuresAreAnsweredLaterEachTimeOnBothPorts() throws Exception {
        Duration first = Duration.ofMillis(200);
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .managementPort(0)
                .loginDelays(first, Duration.ofSeconds(1))
                .start()) {
            long begin = System.nanoTime();
            assertRefused(broker, "guest", "wrong");
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(first.toNanos());
            begin = System.nanoTime();
            assertThat(get(broker, "whoami", "nobody", "x")).startsWith("HTTP/1.1 401");
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(first.toNanos() * 2);
            begin = System.nanoTime();
            assertThat(get(broker, "whoami", "guest", "wrong")).startsWith("HTTP/1.1 401");
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(first.toNanos() * 4);
            assertThat(get(broker, "whoami", "guest", "guest")).startsWith("HTTP/1.1 200");
            factory(broker, "guest", "guest").newConnection().close();
        }
    }

    @Test
    void otherHostsDoNotWait() throws Exception {
        Duration delay = Duration.ofSeconds(8);
        try (CapturedLogs logs = CapturedLogs.of("dev.parley.broker.auth", Level.WARN);
                EmbeddedBroker broker = EmbeddedBroker.builder()
                        .managementPort(0)
                        .loginDelays(delay, delay)
                        .start();
                RawClient guessing = new RawClient("127.0.0.1", broker.port())) {
            guessing.send(RawClient.protocolHeader());
            guessing.expect("10.10");
            long begin = System.nanoTime();
            guessing.send(RawClient.startOk("guest", "wrong"));
            while (logs.lines().isEmpty()) {
                Thread.sleep(1);
            }
            // Served by the same event loops while that one waits.
            for (int i = 0; i < 4; i++) {
                try (var client = new Socket("127.0.0.1", broker.port(), InetAddress.getByName("127.0.0.2"), 0)) {
                    client.getOutputStream().write(RawClient.protocolHeader());
                    assertThat(client.getInputStream().read()).isEqualTo(1);
                }
            }
            assertThat(get(broker, "whoami", "guest", "guest", "127.0.0.2")).startsWith("HTTP/1.1 200");
            assertThat(RawClient.closeText(guessing.expect("10.50"))).startsWith("403 ACCESS_REFUSED");
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(delay.toNanos());
        }
    }

    @Test
    void whatFollowsALoginThatWaitsIsRefused() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .loginDelays(Duration.ofSeconds(8), Duration.ofSeconds(8))
                        .start();
                RawClient client = new RawClient("127.0.0.1", broker.port())) {
            client.send(RawClient.protocolHeader());
            client.expect("10.10");
            client.send(RawClient.startOk("guest", "wrong"));
            client.send(RawClient.tuneOk(0));
            assertThat(RawClient.closeText(client.expect("10.50"))).contains("before connection.tune");
        }
    }

    @Test
    void aCheckOfTheUsersOwnLetsIn() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .managementPort(0)
                .user("admin", "secret")
                .logins((user, password) -> {
                    if (user.equals("broken")) {
                        throw new IOException("no directory");
                    }
                    return password.equals(user + "-word");
                })
                .permissions("alice", "/", Permissions.NONE.withRead(".*"))
                .loginDelays(Duration.ZERO, Duration.ZERO)
                .start()) {
            try (Connection alice = factory(broker, "alice", "alice-word").newConnection();
                    Connection bob = factory(broker, "bob", "bob-word").newConnection();
                    Connection admin = factory(broker, "admin", "secret").newConnection()) {
                bob.createChannel().queueDeclare("q", false, false, false, Map.of());
                assertThat(admin.createChannel().queueDeclarePassive("q").getQueue())
                        .isEqualTo("q");
                assertThatThrownBy(() -> alice.createChannel().queueDeclare("mine", false, false, false, Map.of()))
                        .rootCause()
                        .hasMessageContaining(
                                "ACCESS_REFUSED - access to queue 'mine' in vhost '/' refused for user" + " 'alice'");
            }
            assertRefused(broker, "alice", "wrong");
            assertRefused(broker, "admin", "admin-word"); // A user that is set has one password only.
            assertRefused(broker, "broken", "broken-word");
            assertRefused(broker, "new\nline", "new\nline-word");
            assertRefused(broker, "guest", "guest");
            assertThat(get(broker, "whoami", "bob", "bob-word")).startsWith("HTTP/1.1 200");
            assertThat(get(broker, "whoami", "bob", "wrong")).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void aCheckThatBlocksHoldsUpNobodyElse() throws Exception {
        CountDownLatch asked = new CountDownLatch(8);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean virtual = new AtomicBoolean();
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .user("admin", "secret")
                .logins((user, password) -> {
                    virtual.set(Thread.currentThread().isVirtual());
                    asked.countDown();
                    return release.await(30, TimeUnit.SECONDS);
                })
                .start()) {
            // More than there are event loops on a small machine.
            var slow = new CompletableFuture<?>[8];
            for (int i = 0; i < slow.length; i++) {
                slow[i] = CompletableFuture.runAsync(
                        () -> {
                            try {
                                factory(broker, "slow", "x").newConnection().close();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        },
                        task -> Thread.ofVirtual().start(task));
            }
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            factory(broker, "admin", "secret").newConnection().close();
            assertThat(slow).noneMatch(CompletableFuture::isDone);
            release.countDown();
            CompletableFuture.allOf(slow).get(30, TimeUnit.SECONDS);
            assertThat(virtual).isTrue();
        }
    }

    @Test
    void passwordsAreShownNowhere() throws Exception {
        StringBuilder shown = new StringBuilder();
        try (CapturedLogs logs = CapturedLogs.of("ROOT", Level.TRACE)) {
            BrokerBuilder builder = EmbeddedBroker.builder()
                    .managementPort(0)
                    .user("admin", "s3cret-own")
                    .logins((user, password) -> {
                        if (user.equals("broken")) {
                            throw new IllegalStateException("cannot check " + password);
                        }
                        return password.equals("s3cret-checked");
                    })
                    .loginDelays(Duration.ZERO, Duration.ZERO);
            try (EmbeddedBroker broker = builder.start();
                    Connection admin = factory(broker, "admin", "s3cret-own").newConnection();
                    Connection other =
                            factory(broker, "other", "s3cret-checked").newConnection()) {
                assertRefused(broker, "admin", "s3cret-wrong");
                assertRefused(broker, "other", "s3cret-wrong");
                assertRefused(broker, "broken", "s3cret-broken");
                shown.append(broker).append(broker.connections());
                for (String path : new String[] {
                    "overview", "whoami", "vhosts", "queues", "exchanges", "bindings", "consumers", "connections"
                }) {
                    String json = get(broker, path, "admin", "s3cret-own");
                    assertThat(json).startsWith("HTTP/1.1 200");
                    shown.append(json);
                }
                shown.append(get(broker, "whoami", "admin", "s3cret-wrong"));
                admin.createChannel();
                other.createChannel();
            }
            assertThat(logs.lines())
                    .anyMatch(line -> line.contains("login of user 'admin' from 127.0.0.1 refused: wrong password"))
                    .anyMatch(line -> line.contains("login of user 'broken' from 127.0.0.1 refused: the login check"
                            + " failed with java.lang.IllegalStateException at "));
            shown.append(logs.lines());
        }
        String encoded = Base64.getEncoder().encodeToString("admin:s3cret-own".getBytes(StandardCharsets.UTF_8));
        assertThat(shown.toString()).doesNotContain("s3cret", encoded);
    }

    private static void assertWarns(BrokerBuilder builder, String... parts) {
        try (CapturedLogs logs = CapturedLogs.of(EmbeddedBroker.class.getName(), Level.WARN);
                EmbeddedBroker broker = builder.start()) {
            if (parts.length == 0) {
                assertThat(logs.lines()).isEmpty();
            } else {
                assertThat(logs.lines())
                        .singleElement()
                        .asString()
                        .startsWith("WARN OTHER MACHINES CAN REACH THE BROKER on 0.0.0.0:" + broker.port() + ": ")
                        .contains(parts);
            }
        }
    }

    @Test
    void warnsIfOtherMachinesCanReachItUnsafely() throws Exception {
        assertWarns(EmbeddedBroker.builder().managementPort(0));
        assertWarns(EmbeddedBroker.builder().host("0.0.0.0"), "set tls(context)");
        assertWarns(
                EmbeddedBroker.builder().host("0.0.0.0").user("guest", "guest"),
                "set tls(context)",
                "everybody knows the password of user guest: set another by user(name, password)");
        BrokerBuilder encrypted = EmbeddedBroker.builder()
                .host("0.0.0.0")
                .tls(SSLContext.getDefault())
                .user("admin", "secret");
        assertWarns(encrypted);
        assertWarns(encrypted.managementPort(0), "management API on port");
    }

    @Test
    void rejectsDelaysOutOfRange() {
        assertThatThrownBy(() -> EmbeddedBroker.builder().loginDelays(Duration.ZERO, Duration.ofSeconds(9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("longest in milliseconds must be 0 to 8000, was 9000");
        assertThatThrownBy(() -> EmbeddedBroker.builder().loginDelays(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("first must be at most longest");
    }
}
