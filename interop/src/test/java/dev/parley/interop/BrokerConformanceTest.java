package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Holds the embedded broker and a real RabbitMQ to the same conformance suite, row by row: it fails if either differs.
 */
@OnRabbitMq
class BrokerConformanceTest {
    private static final String BROKER = "PARLEY_RABBITMQ";

    @Test
    void rabbitMqAndTheEmbeddedBrokerDoTheSame(RabbitMq rabbitMq) {
        String before = System.getProperty(BROKER);
        System.setProperty(BROKER, rabbitMq.amqpUrl());
        try {
            TestExecutionSummary summary = run();

            StringWriter failures = new StringWriter();
            summary.printFailuresTo(new PrintWriter(failures, true), 3);
            assertThat(summary.getTotalFailureCount()).as(failures.toString()).isZero();
            // Each of the 71 rows and more, on each of the two brokers.
            assertThat(summary.getTestsSucceededCount()).isGreaterThan(2 * 71);
        } finally {
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
                .build();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
