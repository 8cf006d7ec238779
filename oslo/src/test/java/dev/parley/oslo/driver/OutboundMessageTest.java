package dev.parley.oslo.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.DeliveryException;
import dev.parley.oslo.topology.Exchange;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboundMessageTest {
    private static OutboundMessage.Builder message(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        return OutboundMessage.builder(Exchange.DEFAULT, "key", new byte[0], deadline);
    }

    @Test
    void everyRetryIsUsedOnce() {
        OutboundMessage message = message(60_000).retries(100).build();
        AtomicInteger used = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                threads.execute(() -> {
                    if (message.tryRetry()) {
                        used.incrementAndGet();
                    }
                });
            }
        }
        assertThat(used).hasValue(100);
    }

    @Test
    void retriesUntilTheDeadlineByDefault() {
        OutboundMessage message = message(60_000).build();
        assertThat(message.tryRetry()).isTrue();
        assertThat(message.tryRetry()).isTrue();
        assertThat(message(-1).build().tryRetry()).isFalse();
        assertThat(message(60_000).retries(0).build().tryRetry()).isFalse();
    }

    @Test
    void aReturnedMessageFailsWhenItIsConfirmed() {
        OutboundMessage message = message(60_000).mandatory(true).build();
        message.returned("312 NO_ROUTE");
        assertThat(message.isDone()).isFalse();
        message.confirm();
        assertThatThrownBy(() -> message.confirmed().join())
                .cause()
                .isInstanceOf(DeliveryException.class)
                .hasMessage("no queue takes routing key 'key' of the default exchange: 312 NO_ROUTE");
    }
}
