package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Inline;
import dev.parley.OverloadedException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;

/** Arguments of large messages are charged token by token, and not decoded for callers that have gone. */
@Timeout(120)
class LargeArgumentsTest {
    private final MemoryBudget budget = MemoryBudget.process();
    private final BlockingQueue<Long> usedWithin = new LinkedBlockingQueue<>();
    private final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    private final CountDownLatch go = new CountDownLatch(1);

    /** Methods that tell what is charged while they run. */
    public final class Service {
        public int size(List<Map<String, Object>> items) throws InterruptedException {
            usedWithin.add(budget.used());
            go.await(30, TimeUnit.SECONDS);
            return items.size();
        }

        public int any(Object items) {
            return ((List<?>) items).size();
        }

        public int either(List<Object> items) {
            return items.size();
        }

        public int either(String text) {
            return text.length();
        }

        @Inline
        public int inline(List<Object> items) {
            threads.add(Thread.currentThread());
            return items.size();
        }
    }

    private final RpcServer server = RpcServer.builder().endpoint(new Service()).build();

    private static String empties(int count) {
        return "[[" + "{},".repeat(count - 1) + "{}]]";
    }

    @Test
    void tokensAreChargedWhileTheMethodRuns() throws Exception {
        long before = budget.used();
        RecordedCall call = TestServer.call(server, new RecordedCall("size", empties(100_000), 300_000));
        long within = usedWithin.take() - before;
        assertThat(within).isBetween(300_000 + 199_000L * 64, 300_000 + 201_000L * 64);
        go.countDown();
        assertThat(call.result()).isEqualTo("100000");
        awaitUsed(before);
    }

    private void awaitUsed(long bytes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (budget.used() != bytes && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(budget.used()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"size", "any", "either"})
    void tokensBeyondTheBudgetAreRefused(String method) throws Exception {
        long before = budget.used();
        try (MessageCharge others = MessageCharge.of(budget)) {
            assertThat(others.tryAdd(budget.limit() - before - (4 << 20))).isTrue();
            // A method works with it, so that it is not shed.
            others.pin();
            RecordedCall call = TestServer.call(server, new RecordedCall(method, empties(1_000_000), 3_000_000));
            assertThatThrownBy(call::result)
                    .isInstanceOf(OverloadedException.class)
                    .hasMessage(MessageCharge.REFUSAL);
        }
        awaitUsed(before);
    }

    @Test
    void aCallerThatHasGoneEndsTheDecoding() {
        RecordedCall call = new RecordedCall("size", empties(100_000), 300_000) {
            @Override
            public JsonParser arguments() {
                cancel();
                return super.arguments();
            }
        };
        assertThatThrownBy(() -> TestServer.call(server, call).result())
                .isInstanceOf(RpcTimeoutException.class)
                .hasMessage("the caller of size is gone");
        assertThat(usedWithin).isEmpty();
    }

    @Test
    void inlineMethodsOfLargeMessagesRunOnThreadsThatMayWait() throws Exception {
        assertThat(TestServer.call(server, new RecordedCall("inline", empties(1000), 3_000))
                        .result())
                .isEqualTo("1000");
        assertThat(threads.take()).isEqualTo(Thread.currentThread());
        assertThat(TestServer.call(server, new RecordedCall("inline", empties(30_000), 90_000))
                        .result())
                .isEqualTo("30000");
        assertThat(threads.take().isVirtual()).isTrue();
    }
}
