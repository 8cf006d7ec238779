package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Execution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Starting, stopping, and where methods run. */
@SuppressWarnings({"try", "UnusedMethod", "UnusedVariable"
}) // The listeners are never referenced; methods are called by name.
abstract class LifeCycleBehaviour extends ReceiveBehaviour {
    @Test
    void methodsRunAtTheSameTimeOnlyIfAsked() throws Exception {
        Recorder endpoint = new Recorder();
        CountDownLatch three = new CountDownLatch(3);
        endpoint.fate = event -> {
            three.countDown();
            assertThat(three.await(30, TimeUnit.SECONDS)).isTrue();
            return null;
        };
        try (NotificationListener listener =
                listener().endpoint(endpoint).concurrency(3).build().start()) {
            for (int i = 0; i < 3; i++) {
                send("info", "e" + i);
            }
            until(() -> listener.counts().handled() == 3);
        }
        Recorder inOrder = new Recorder();
        try (NotificationListener listener =
                listener().endpoint(inOrder).build().start()) {
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                send("info", "e" + i);
                sent.add("e" + i);
            }
            until(() -> listener.counts().handled() == 500);
            assertThat(inOrder.seen).containsExactlyElementsOf(sent);
        }
    }

    @Test
    void aStoppedListenerFinishesAndLeavesTheRestToTheNext() throws Exception {
        Recorder endpoint = new Recorder();
        CountDownLatch release = new CountDownLatch(1);
        endpoint.fate = event -> {
            release.await();
            return null;
        };
        NotificationListener listener = listener().endpoint(endpoint).build();
        assertThat(listener.await(Duration.ZERO)).isTrue();
        listener.start();
        listener.start(); // Only warns.
        assertThat(listener.await(Duration.ofMillis(1))).isFalse();
        for (int i = 0; i < 5; i++) {
            send("info", "e" + i);
        }
        assertThat(next(endpoint.seen)).isEqualTo("e0");
        listener.stop();
        assertThat(listener.await(Duration.ofMillis(50))).isFalse();
        release.countDown();
        listener.await();
        assertThat(endpoint.seen).isEmpty();
        listener.start();
        until(() -> listener.counts().handled() == 5);
        assertThat(endpoint.seen).containsExactly("e1", "e2", "e3", "e4");
        listener.close();
        listener.close();
        assertThat(listener.await(Duration.ZERO)).isTrue();
    }

    @Test
    void aMethodMayStopItsListener() throws Exception {
        AtomicReference<@Nullable NotificationListener> self = new AtomicReference<>();
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            NotificationListener running = self.get();
            if (running != null) {
                running.stop();
            }
            return null;
        };
        for (Execution execution : List.of(Execution.virtual(), Execution.inline())) {
            try (NotificationListener listener =
                    listener().endpoint(endpoint).execution(execution).build()) {
                self.set(listener);
                listener.start();
                send("info", "x");
                assertThat(listener.await(Duration.ofSeconds(30))).isTrue();
                assertThat(listener.counts().handled()).isEqualTo(1);
            }
        }
    }

    @Test
    void closingWhileAMethodRunsGivesItsNotificationBack() throws Exception {
        Recorder endpoint = new Recorder();
        CountDownLatch release = new CountDownLatch(1);
        endpoint.fate = event -> {
            release.await();
            return null;
        };
        NotificationListener listener = listener()
                .endpoint(endpoint)
                .closeTimeout(Duration.ofMillis(10))
                .build();
        listener.start();
        send("info", "x");
        assertThat(next(endpoint.seen)).isEqualTo("x");
        listener.close();
        Recorder second = new Recorder();
        try (NotificationListener other = listener().endpoint(second).build().start()) {
            assertThat(next(second.seen)).isEqualTo("x");
        }
        release.countDown();
    }

    @Test
    void methodsRunWhereTheExecutionSays() throws Exception {
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        ExecutorService ended = Executors.newSingleThreadExecutor();
        ended.shutdown();
        Thread[] seen = new Thread[4];
        Execution[] executions = {Execution.virtual(), Execution.pool(1), Execution.inline(), Execution.of(ended)};
        for (int i = 0; i < executions.length; i++) {
            try (NotificationListener listener = listener()
                    .on(notification -> threads.add(Thread.currentThread()))
                    .execution(executions[i])
                    .build()
                    .start()) {
                send("info", "x");
                seen[i] = next(threads);
            }
        }
        assertThat(seen[0].isVirtual()).isTrue();
        assertThat(seen[1].getName()).startsWith("parley-call-");
        assertThat(seen[2].getName()).startsWith(address().startsWith("memory") ? "parley-memory" : "AMQP Connection");
        assertThat(seen[3].isVirtual())
                .as("rejected by the executor, and handled nevertheless")
                .isTrue();
    }

    /** Answers with a stage. */
    public static class Later {
        final CompletableFuture<NotificationResult> result = new CompletableFuture<>();

        public CompletionStage<NotificationResult> info(Notification<Object> notification) {
            return result;
        }
    }

    @Test
    void aStageIsWaitedFor() throws Exception {
        Later endpoint = new Later();
        try (NotificationListener listener = listener()
                .endpoint(endpoint)
                .allowRequeue(0, Duration.ZERO, Duration.ZERO)
                .build()
                .start()) {
            send("info", "x");
            assertThat(listener.counts()).isEqualTo(new ListenerCounts(0, 0, 0, 0));
            endpoint.result.complete(NotificationResult.REQUEUE);
            until(() -> listener.counts().deadLettered() == 1);
        }
    }
}
