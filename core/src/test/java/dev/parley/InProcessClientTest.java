package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls within one JVM: a transport that does not block. */
class InProcessClientTest extends ClientSuite {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @Override
    String listenAddress() {
        return "memory://suite-" + NUMBER.incrementAndGet();
    }

    /** What depends on the caller. */
    public static class Whoami {
        final AtomicInteger made = new AtomicInteger();

        public Map<String, Object> context(RpcContext context) {
            return Map.of("values", context.values(), "wire", context.wire());
        }

        public String greet(String name, @Default("Hello") String greeting) {
            return greeting + " " + name;
        }

        public Stream<Integer> numbers() {
            return Stream.generate(made::incrementAndGet);
        }

        public String when(Instant time) {
            return time.toString();
        }
    }

    @Test
    void contextNamesAndValuesTravel() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Whoami())
                        .listen("memory://whoami")
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("memory://whoami")) {
            assertThat(client.with(Map.of("user", "ada")).call("context", Object.class))
                    .isEqualTo(Map.of("values", Map.of("user", "ada"), "wire", "memory"));
            assertThat(client.call("greet", String.class, Args.named("name", "Ada")))
                    .isEqualTo("Hello Ada");
            Instant time = Instant.parse("2026-01-02T03:04:05Z");
            assertThat(client.call("when", String.class, time)).isEqualTo("2026-01-02T03:04:05Z");
            assertThat(client.describe().methods()).hasSize(4);
            assertThat(server.describe()).isEqualTo(client.describe());
        }
    }

    @Test
    void anEndlessStreamIsMadeNoFasterThanItIsRead() {
        Whoami service = new Whoami();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(service)
                        .listen("memory://endless")
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("memory://endless")) {
            assertThat(server.addresses()).hasSize(1);
            try (Stream<Integer> numbers = client.stream("numbers", Integer.class)) {
                assertThat(numbers.limit(10)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
            }
            assertThat(service.made.get()).isLessThan(200);
        }
    }

    @Test
    void aNameIsTakenOnceAndFreedByStopping() {
        try (RpcServer first = RpcServer.builder()
                .endpoint(new Whoami())
                .listen("memory://taken")
                .build()
                .start()) {
            RpcServer second = RpcServer.builder()
                    .endpoint(new Whoami())
                    .listen("memory://taken")
                    .build();
            assertThatThrownBy(second::start).isInstanceOf(ConnectionLostException.class);
            first.stop();
            second.start().stop();
        }
        try (RpcClient client = RpcClient.connect("memory://taken")) {
            assertThatThrownBy(() -> client.call("when", String.class, Instant.EPOCH))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("memory://taken");
        }
    }
}
