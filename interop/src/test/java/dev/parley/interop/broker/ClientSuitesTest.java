package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs clients' own suites against the embedded broker and RabbitMQ at the same time: both must pass them. */
@OnRabbitMq
class ClientSuitesTest {
    private static final Pattern PYTEST_END = Pattern.compile("=* ?(\\d+) passed.* in [\\d.]+s.*");
    private static final Pattern NODE_END = Pattern.compile("# pass (\\d+)");
    /** How a suite's output names what failed, and how it ends. */
    private static final Pattern TOLD =
            Pattern.compile("(FAILED |ERROR |E  |=+ .* in [\\d.]+s|\\s*not ok ).*|# (fail|cancelled) [1-9].*");

    private final EmbeddedBroker embedded = EmbeddedBroker.builder().start();

    @AfterEach
    void end() {
        embedded.close();
    }

    /** All but those with TLS, which need certificates that are not published, or a server on the Internet. */
    @Test
    @NeedsPeer(Peer.PYTHON_AMQP)
    void pyAmqp(RabbitMq rabbitMq) {
        bothPass(rabbitMq, PYTEST_END, 48, port -> pytest(Peer.PYTHON_AMQP, port, "not tls", "amqp/t/integration"));
    }

    /** All but those of connections that fail and of what URLs may say, which meet no broker. */
    @Test
    @NeedsPeer(Peer.PYTHON_AMQP)
    void kombu(RabbitMq rabbitMq) throws Exception {
        try (Connection connection = rabbitMq.connect()) {
            // A test leaves messages in it that fail its next run.
            connection.createChannel().queueDelete("priority_requeue_test");
        }
        bothPass(
                rabbitMq,
                PYTEST_END,
                35,
                port -> pytest(
                        Peer.PYTHON_AMQP, port, "not failed and not dotted", "kombu/t/integration/test_py_amqp.py"));
    }

    /** Those of connections to a broker, blocking and with each kind of event loop. */
    @Test
    @NeedsPeer(Peer.PIKA)
    void pikaItself(RabbitMq rabbitMq) {
        String tests = "python-pika/tests/acceptance/";
        bothPass(
                rabbitMq,
                PYTEST_END,
                300,
                port -> pytest(
                        Peer.PIKA,
                        port,
                        "not WWWGoogle",
                        tests + "blocking_adapter_test.py",
                        tests + "async_adapter_tests.py",
                        tests + "enforce_one_basicget_test.py"));
    }

    /** Channels, consumers and deliveries; the tests look for leaks, too, which makes them slow. */
    @Test
    @NeedsPeer(Peer.AIO_PIKA)
    void aiormq(RabbitMq rabbitMq) {
        bothPass(
                rabbitMq,
                PYTEST_END,
                20,
                port -> pytest(
                        Peer.AIO_PIKA,
                        port,
                        "not amqps and not confirm_multiple and (amqp_channel0-amqp- or amqp-named and channel1)",
                        "aiormq/tests/test_channel.py"));
    }

    /** The tests of a plain connection. */
    @Test
    @NeedsPeer(Peer.AIO_PIKA)
    void aioPika(RabbitMq rabbitMq) {
        bothPass(
                rabbitMq,
                PYTEST_END,
                50,
                port -> pytest(
                        Peer.AIO_PIKA,
                        port,
                        "TestCaseAmqp and not NoConfirms and not robust",
                        "aio_pika/tests/test_amqp.py"));
    }

    private static PeerProcess pytest(Peer peer, int port, String selected, String... tests) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        environment.put("RABBITMQ_HOST", "127.0.0.1");
        environment.put("RABBITMQ_5672_TCP", Integer.toString(port));
        environment.put("BROKER_PORT", Integer.toString(port));
        List<String> command = new ArrayList<>(peer.command("-m", "pytest"));
        command.addAll(List.of("-v", "-W", "ignore", "-p", "no:cacheprovider", "-k", selected));
        Path suites = peer.folder().resolve("suites");
        String ours = Peer.PYTHON.command("port").getLast();
        switch (peer) {
            // They know one port, in the programs that they start, too.
            case PIKA -> environment.put("PYTHONPATH", ours + ":" + suites.resolve("python-pika"));
            // They start their broker with Docker.
            case AIO_PIKA -> {
                environment.put("PYTHONPATH", Path.of(ours).getParent().toString());
                command.addAll(List.of("-p", "docker_of_broker", "-o", "log_cli=false"));
            }
            default -> {}
        }
        for (String test : tests) {
            command.add(suites.resolve(test).toString());
        }
        return PeerProcess.start(environment, command);
    }

    /** Those that need a broker, but for two that wait for the broker to read too slowly. */
    @Test
    @NeedsPeer(Peer.AMQPLIB)
    void amqplib(RabbitMq rabbitMq) {
        bothPass(rabbitMq, NODE_END, 71, ClientSuitesTest::nodeTest);
    }

    private static PeerProcess nodeTest(int port) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BROKER_PORT", Integer.toString(port));
        environment.put("URL", "amqp://guest:guest@127.0.0.1:" + port);
        environment.put("SKIPPED_TESTS", "high watermark");
        List<String> command = new ArrayList<>(Peer.AMQPLIB.command("--require", portProgram(), "--test"));
        command.addAll(List.of("--test-reporter=tap", "--test-timeout=60000"));
        for (String tests : List.of("channel_api", "callback_api", "connect")) {
            command.add(Peer.AMQPLIB
                    .folder()
                    .resolve("node_modules/amqplib-with-tests/test")
                    .resolve(tests + ".test.js")
                    .toString());
        }
        return PeerProcess.start(environment, command);
    }

    private static String portProgram() {
        return Peer.AMQPLIB.command("amqplib_port.js").getLast();
    }

    private void bothPass(RabbitMq rabbitMq, Pattern end, int tests, IntFunction<PeerProcess> suite) {
        try (PeerProcess onEmbedded = suite.apply(embedded.port());
                PeerProcess onRabbitMq = suite.apply(rabbitMq.port())) {
            assertPasses("embedded", onEmbedded, end, tests);
            assertPasses("RabbitMQ", onRabbitMq, end, tests);
        }
    }

    private static void assertPasses(String broker, PeerProcess suite, Pattern end, int tests) {
        List<String> told = new ArrayList<>();
        Matcher passed;
        do { // line by line, as each wait is bounded
            String line = suite.line(any -> true);
            if (TOLD.matcher(line).matches()) {
                told.add(line);
            }
            passed = end.matcher(line);
            assertThat(line).as("%s: %s", broker, String.join("\n", told)).doesNotMatch("=+ .*(failed|error).* in .*");
        } while (!passed.matches());
        int code = suite.exitCode();
        assertThat(code).as("%s: %s", broker, String.join("\n", told)).isZero();
        assertThat(Integer.parseInt(passed.group(1))).as(broker).isGreaterThanOrEqualTo(tests);
    }

    /** No tests of pika's newest version are published: our own program must tell the same of both brokers. */
    @Test
    @NeedsPeer(Peer.PYTHON_AMQP)
    void pika(RabbitMq rabbitMq) {
        try (PeerProcess onEmbedded = outcomes(embedded.port());
                PeerProcess onRabbitMq = outcomes(rabbitMq.port())) {
            List<String> rows = onRabbitMq.output().lines().toList();
            assertThat(rows).hasSize(12);
            assertThat(onEmbedded.output().lines()).containsExactlyElementsOf(rows);
        }
    }

    private static PeerProcess outcomes(int port) {
        return PeerProcess.start(Peer.PYTHON_AMQP, "pika_outcomes.py", Integer.toString(port));
    }
}
