package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecodingTest {
    private static final int LARGE = LargeMessages.LARGE + 1;
    private static final long LONG = TimeUnit.SECONDS.toNanos(60);

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final LargeMessages turns = new LargeMessages(1);

    @Test
    void largeMessagesHaveTurnsAndSmallOnesNeedNone() throws Exception {
        try (MessageCharge first = MessageCharge.of(budget);
                MessageCharge second = MessageCharge.of(budget)) {
            CountDownLatch entered = new CountDownLatch(1);
            Thread waiting;
            try (Decoding large = Decoding.of(first, turns, LONG).reads(LARGE)) {
                assertThat(turns.available()).isZero();
                waiting = Thread.startVirtualThread(() -> {
                    try (Decoding next = Decoding.of(second, turns, LONG).reads(LARGE)) {
                        next.check();
                        entered.countDown();
                    }
                });
                try (Decoding small = Decoding.of(second, turns, LONG).reads(LargeMessages.LARGE)) {
                    small.check();
                }
                large.take(10);
                assertThat(entered.await(50, TimeUnit.MILLISECONDS)).isFalse();
            }
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            waiting.join();
            assertThat(turns.available()).isEqualTo(1);
            assertThat(first.bytes()).isEqualTo(10);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void abandoningEndsTheWaitForATurn() throws Exception {
        assertThat(endOfWait(MessageCharge::abandon)).isInstanceOf(CancellationException.class);
    }

    @Test
    void refusingEndsTheWaitForATurn() throws Exception {
        assertThat(endOfWait(MessageCharge::refuse)).isInstanceOf(OverloadedException.class);
    }

    private Throwable endOfWait(Consumer<MessageCharge> how) throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (MessageCharge first = MessageCharge.of(budget);
                MessageCharge second = MessageCharge.of(budget);
                Decoding large = Decoding.of(first, turns, LONG).reads(LARGE)) {
            large.check();
            Thread thread = Thread.startVirtualThread(() -> {
                try (Decoding next = Decoding.of(second, turns, LONG)) {
                    next.reads(LARGE);
                    ended.complete(new AssertionError("it had a turn"));
                } catch (RuntimeException e) {
                    ended.complete(e);
                }
            });
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.sleep(1);
            }
            how.accept(second);
            thread.join();
            return ended.get(30, TimeUnit.SECONDS);
        } finally {
            assertThat(turns.available()).isEqualTo(1);
        }
    }

    @Test
    void aTurnIsAwaitedUntilTheDeadline() {
        try (MessageCharge first = MessageCharge.of(budget);
                MessageCharge second = MessageCharge.of(budget);
                Decoding large = Decoding.of(first, turns, LONG).reads(LARGE);
                Decoding late = Decoding.of(second, turns, 1_000_000)) {
            large.check();
            assertThatThrownBy(() -> late.reads(LARGE))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("deadline");
        }
        assertThat(turns.available()).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (MessageCharge charge = MessageCharge.of(budget);
                Decoding decoding = Decoding.of(charge, turns, LONG)) {
            decoding.take(1 << 20);
            assertThatThrownBy(() -> decoding.take(1)).isInstanceOf(OverloadedException.class);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void aMessageThatAMethodWorksWithIsNotShed() {
        MemoryBudget.Account[] open = new MemoryBudget.Account[1];
        int[] shed = {0};
        open[0] = budget.open(() -> shed[0]++);
        MessageCharge large = new MessageCharge(open[0]);
        assertThat(large.tryAdd(1_000_000)).isTrue();
        large.pin();
        try (MessageCharge other = MessageCharge.of(budget)) {
            assertThat(other.tryAdd(100_000)).isFalse();
            large.refuse();
            large.check();
        }
        assertThat(shed[0]).isZero();
        large.close();
        large.close();
        assertThat(budget.used()).isZero();
        assertThat(large.tryAdd(1)).isFalse();
        assertThat(budget.used()).isZero();
        open[0].close();
    }
}
