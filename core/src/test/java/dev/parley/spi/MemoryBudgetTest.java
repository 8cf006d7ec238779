package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {
    private static final int KB = 1 << 10;

    @Test
    void releasedBytesCanBeChargedAgain() {
        MemoryBudget budget = new MemoryBudget(100);
        MemoryBudget.Account account = budget.open(() -> {});

        assertThat(account.charge(100)).isTrue();
        assertThat(account.charge(1)).isFalse();
        account.release(1);
        assertThat(account.charge(1)).isTrue();

        assertThat(account.charged()).isEqualTo(100);
        assertThat(budget.used()).isEqualTo(100);
        assertThat(budget.refused()).isEqualTo(1);
    }

    @Test
    void closingGivesEverythingBackOnce() {
        MemoryBudget budget = new MemoryBudget(100);
        MemoryBudget.Account account = budget.open(() -> {});
        account.charge(60);

        account.close();
        account.close();
        account.release(60);

        assertThat(budget.used()).isZero();
        assertThat(account.charge(1)).as("after closing").isFalse();
        assertThat(budget.used()).isZero();
    }

    @Test
    void theLargestDebtorIsShedForASmallerOne() {
        MemoryBudget budget = new MemoryBudget(100);
        List<String> shed = new ArrayList<>();
        MemoryBudget.Account small = budget.open(() -> shed.add("small"));
        AtomicReference<MemoryBudget.Account> large = new AtomicReference<>();
        large.set(budget.open(() -> {
            shed.add("large");
            large.get().close();
        }));
        MemoryBudget.Account middle = budget.open(() -> shed.add("middle"));
        small.charge(10);
        large.get().charge(60);
        middle.charge(30);

        assertThat(small.charge(5)).isTrue();

        assertThat(shed).containsExactly("large");
        assertThat(budget.used()).isEqualTo(45);
        assertThat(budget.shed()).isEqualTo(1);
    }

    @Test
    void theLargestDebtorIsRefusedItself() {
        MemoryBudget budget = new MemoryBudget(100);
        AtomicInteger shed = new AtomicInteger();
        MemoryBudget.Account large = budget.open(shed::incrementAndGet);
        MemoryBudget.Account small = budget.open(shed::incrementAndGet);
        large.charge(60);
        small.charge(40);

        assertThat(large.charge(10)).isFalse();

        assertThat(shed).hasValue(0);
        assertThat(large.charged()).isEqualTo(60);
    }

    @Test
    void whatIsBeingShedCountsAsFreeOnlyOnce() {
        MemoryBudget budget = new MemoryBudget(100);
        AtomicInteger shed = new AtomicInteger();
        MemoryBudget.Account large = budget.open(shed::incrementAndGet);
        large.charge(90);
        MemoryBudget.Account first = budget.open(() -> {});
        MemoryBudget.Account second = budget.open(() -> {});

        assertThat(first.charge(60)).isTrue();
        assertThat(second.charge(60)).as("more than will be free").isFalse();
        assertThat(shed).hasValue(1);

        large.release(90);
        assertThat(budget.used()).isEqualTo(60);
        assertThat(large.charge(40)).as("it may start anew").isTrue();
    }

    @Test
    void onlyThoseThatHoldMuchPauseAndOnlyWhenMostIsUsed() throws InterruptedException {
        MemoryBudget budget = new MemoryBudget(400 * KB);
        CountDownLatch resumed = new CountDownLatch(1);
        MemoryBudget.Account large = budget.open(() -> {});
        MemoryBudget.Account small = budget.open(() -> {});
        large.charge(200 * KB);
        assertThat(large.pause(resumed::countDown)).isFalse();
        large.charge(100 * KB);
        small.charge(KB);

        assertThat(small.pause(resumed::countDown)).isFalse();
        assertThat(large.pause(resumed::countDown)).isTrue();
        assertThat(resumed.getCount()).isEqualTo(1);
        small.close();
        large.release(KB);

        assertThat(resumed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aPauseEndsThoughNothingIsReleased() throws InterruptedException {
        MemoryBudget budget = new MemoryBudget(100 * KB);
        CountDownLatch resumed = new CountDownLatch(1);
        MemoryBudget.Account account = budget.open(() -> {});
        account.charge(100 * KB);

        assertThat(account.pause(resumed::countDown)).isTrue();

        assertThat(resumed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingIsLostWhenManyThreadsChargeReleaseAndAreShed() throws InterruptedException {
        MemoryBudget budget = new MemoryBudget(10_000);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int seed = i;
            threads.add(Thread.ofPlatform().start(() -> churn(budget, seed)));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(budget.used()).isZero();
        assertThat(budget.open(() -> {}).charge(10_000)).as("all of it is free").isTrue();
    }

    private static void churn(MemoryBudget budget, int seed) {
        RandomGenerator random = new Random(seed);
        for (int connection = 0; connection < 500; connection++) {
            AtomicReference<MemoryBudget.Account> self = new AtomicReference<>();
            self.set(budget.open(() -> self.get().close()));
            try (MemoryBudget.Account account = self.get()) {
                for (int message = 0; message < 20; message++) {
                    int size = random.nextInt(1, 4_000);
                    if (account.charge(size) && random.nextBoolean()) {
                        try {
                            account.release(size);
                        } catch (IllegalStateException e) {
                            throw new AssertionError(e);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1000,1000", "64k,65536", "64M,67108864", "2g,2147483648", "25%,250", " 50% ,500"})
    void readsSizesAndShares(String text, long bytes) {
        assertThat(MemoryBudget.parse("--memory", text, 1_000)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "much", "101%", "0%", "1.5m", "99999999999g"})
    void refusesOtherSizes(String text) {
        assertThatThrownBy(() -> MemoryBudget.parse("--memory", text, 1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--memory")
                .hasMessageContaining("64m");
    }

    @Test
    void aChangedLimitCountsFromTheNextChargeOn() {
        MemoryBudget budget = new MemoryBudget(100);
        MemoryBudget.Account account = budget.open(() -> {});
        assertThat(account.charge(80)).isTrue();
        budget.setLimit(50);
        assertThat(budget.limit()).isEqualTo(50);
        assertThat(account.charge(1)).isFalse();
        budget.setLimit(81);
        assertThat(account.charge(1)).isTrue();
        assertThatThrownBy(() -> budget.setLimit(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
