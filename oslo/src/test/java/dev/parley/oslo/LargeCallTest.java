package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.OverloadedException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the arguments of large requests become is charged to the memory budget. */
@Timeout(120)
@SuppressWarnings("try") // The servers are never referenced.
class LargeCallTest extends OnBroker {
    private final MemoryBudget budget = MemoryBudget.process();

    /** Methods that take lists. */
    @SuppressWarnings("UnusedMethod") // Called by their names.
    public final class Lists {
        public int size(List<Object> items) {
            return items.size();
        }

        public long held(List<Object> items) {
            return budget.used();
        }
    }

    private RpcServer serve(String options) {
        return RpcServer.builder()
                .endpoint(new Lists())
                .listen(broker.address() + options, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private static Args empties(int count) {
        return Args.named("items", Collections.nCopies(count, List.of()));
    }

    private void awaitUsed(long bytes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (budget.used() != bytes && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(budget.used()).isEqualTo(bytes);
    }

    @Test
    void tokensAreChargedWhileTheMethodRuns() throws Exception {
        long before = budget.used();
        try (RpcServer server = serve("");
                RpcClient client = client()) {
            long held = client.call("held", Long.class, empties(100_000)) - before;
            assertThat(held).isGreaterThan(300_000 + 199_000L * 64);
            awaitUsed(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?acknowledge=after"})
    void aLargeRequestBeyondTheBudgetIsRefusedAndSmallOnesGoOn(String options) throws Exception {
        long before = budget.used();
        try (RpcServer server = serve(options);
                RpcClient client = client()) {
            assertThat(client.call("size", Integer.class, empties(1_000_000))).isEqualTo(1_000_000);
            try (MessageCharge others = MessageCharge.of(budget)) {
                assertThat(others.tryAdd(budget.limit() - before - (16 << 20))).isTrue();
                // A method works with it, so that it is not shed.
                others.pin();
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> client.call("size", Integer.class, empties(1_000_000)))
                            .isInstanceOf(OverloadedException.class)
                            .hasMessageContaining(MessageCharge.REFUSAL);
                    assertThat(client.call("size", Integer.class, empties(3))).isEqualTo(3);
                }
            }
            awaitUsed(before);
            assertThat(channel.queueDeclarePassive("test").getMessageCount()).isZero();
        }
    }
}
