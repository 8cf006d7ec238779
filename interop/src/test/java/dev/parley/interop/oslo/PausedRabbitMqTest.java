package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A RabbitMQ that is stopped by a signal under load: its connections are open, and nothing moves. */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@NeedsPeer(Peer.RABBITMQ)
class PausedRabbitMqTest {
    /** What is served. */
    public static class Endpoint {
        public int length(String text) {
            return text.length();
        }
    }

    @Test
    void holdsNobodyPastHisDeadline() throws Exception {
        try (RabbitMq rabbit = RabbitMq.start();
                RpcServer server = RpcServer.builder()
                        .endpoint(new Endpoint())
                        .listen(rabbit.transportUrl(), Target.topic("t").withServer("s"))
                        .build()
                        .start();
                RpcClient client = RpcClient.builder(rabbit.transportUrl())
                        .target(Target.topic("t"))
                        .timeout(Duration.ofSeconds(30))
                        .build()) {
            assertThat(client.call("length", int.class, Args.named("text", "four")))
                    .isEqualTo(4);
            signal("-STOP", rabbit);
            try {
                RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofSeconds(1)));
                List<CompletableFuture<Void>> callers = new ArrayList<>();
                // Far more than the socket's buffers hold.
                String large = "x".repeat(100_000);
                for (int i = 0; i < 200; i++) {
                    callers.add(CompletableFuture.runAsync(
                            () -> assertThatThrownBy(() -> hurried.call("length", int.class, Args.named("text", large)))
                                    .isInstanceOf(RpcTimeoutException.class),
                            task -> Thread.ofVirtual().start(task)));
                    callers.add(CompletableFuture.runAsync(
                            () -> assertThatThrownBy(() -> hurried.cast("length", Args.named("text", large)))
                                    .isInstanceOf(RpcTimeoutException.class),
                            task -> Thread.ofVirtual().start(task)));
                }
                callers.forEach(caller -> assertThat(caller).succeedsWithin(Duration.ofSeconds(60)));
            } finally {
                signal("-CONT", rabbit);
            }
            assertThat(client.call("length", int.class, Args.named("text", "three")))
                    .isEqualTo(5);
        }
    }

    private static void signal(String signal, RabbitMq rabbit) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(
                                "kill", signal, Long.toString(rabbit.handle().pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
