package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Holds the embedded broker and real RabbitMQs to the same conformance suite, row by row: it fails if any differs from
 * what is said of its version.
 */
@NeedsPeer(Peer.RABBITMQ)
class BrokerConformanceTest {
    private static final String BROKER = "PARLEY_RABBITMQ";

    @Test
    void rabbitMqAndTheEmbeddedBrokerDoTheSame() {
        List<RabbitMq> nodes = new ArrayList<>();
        String before = System.getProperty(BROKER);
        try {
            nodes.add(RabbitMq.givenOrStarted(RabbitMqVersion.V3_10));
            for (RabbitMqVersion version : RabbitMqVersion.NEWER) {
                if (version.peer().isWanted()) {
                    NeedsPeer.Condition.assume(version.peer());
                    nodes.add(RabbitMq.start(version));
                }
            }
            System.setProperty(BROKER, nodes.stream().map(RabbitMq::amqpUrl).collect(Collectors.joining(",")));
            TestExecutionSummary summary = run();

            StringWriter failures = new StringWriter();
            summary.printFailuresTo(new PrintWriter(failures, true), 3);
            assertThat(summary.getTotalFailureCount()).as(failures.toString()).isZero();
            // Each of the 71 rows and more, on the embedded broker and each other.
            assertThat(summary.getTestsSucceededCount()).isGreaterThan((1 + nodes.size()) * 71L);
        } finally {
            nodes.forEach(RabbitMq::close);
            if (before == null) {
                System.clearProperty(BROKER);
            } else {
                System.setProperty(BROKER, before);
            }
        }
    }

    private static TestExecutionSummary run() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("dev.parley.broker.conformance"))
                // The rows share nothing and mostly wait for brokers, so four classes run at once.
                .configurationParameters(Map.of(
                        "junit.jupiter.execution.parallel.enabled", "true",
                        "junit.jupiter.execution.parallel.mode.classes.default", "concurrent",
                        "junit.jupiter.execution.parallel.config.strategy", "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "4"))
                .build();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
