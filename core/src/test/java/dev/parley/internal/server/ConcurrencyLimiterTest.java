package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.RpcTimeoutException;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConcurrencyLimiterTest {
    private static final long GENEROUS = TimeUnit.SECONDS.toNanos(30);

    /** A connection whose calls are started by the test. */
    private static final class Connection {
        private final ConcurrencyLimiter limiter;
        private final LimitedSource source;
        private final @Nullable Principal principal;
        private final AtomicInteger resumed = new AtomicInteger();
        private final CountDownLatch resumedOnce = new CountDownLatch(1);

        Connection(ConcurrencyLimiter limiter, boolean sole, @Nullable Principal principal) {
            this.limiter = limiter;
            this.principal = principal;
            Runnable resume = () -> {
                resumed.incrementAndGet();
                resumedOnce.countDown();
            };
            this.source = sole ? limiter.soleSource(resume) : limiter.source(resume);
        }

        boolean call(Runnable task) {
            return call(new RecordedCall("work", "[]"), task);
        }

        boolean call(RecordedCall call, Runnable task) {
            return limiter.execute(source, share(), call, task, Runnable::run);
        }

        /** Starts calls that go on. */
        void hold(int calls) {
            for (int i = 0; i < calls; i++) {
                assertThat(call(() -> {})).isTrue();
            }
        }

        Share share() {
            RecordedCall call = new RecordedCall("work", "[]");
            call.principal = principal;
            return limiter.share(source, call);
        }

        void release() {
            limiter.release(share());
        }
    }

    private static Connection connection(ConcurrencyLimiter limiter) {
        return new Connection(limiter, false, null);
    }

    private static Connection sole(ConcurrencyLimiter limiter) {
        return new Connection(limiter, true, null);
    }

    private record User(String getName) implements Principal {}

    private static Connection connection(ConcurrencyLimiter limiter, String user) {
        return new Connection(limiter, false, new User(user));
    }

    @Test
    void permitsAreCounted() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 2, 2);
        Connection one = connection(limiter);
        Connection other = connection(limiter);

        one.hold(1);
        assertThat(limiter.available()).isEqualTo(1);
        other.hold(1);
        assertThat(limiter.available()).isZero();
        assertThat(limiter.awaitIdle(1)).isFalse();

        one.release();
        other.release();
        assertThat(limiter.available()).isEqualTo(2);
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    @Test
    void oneConnectionLeavesRoomForOthers() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(4, 2, 4);
        Connection greedy = connection(limiter);
        AtomicInteger ran = new AtomicInteger();
        greedy.hold(2);
        assertThat(greedy.call(ran::incrementAndGet)).isFalse();

        assertThat(ran).hasValue(0);
        assertThat(limiter.available()).isEqualTo(2);
        connection(limiter).hold(2);
        assertThat(limiter.available()).isZero();

        greedy.release();
        assertThat(ran).hasValue(1);
        assertThat(greedy.resumed).hasValue(1);
    }

    @Test
    void onePrincipalLeavesRoomForOthers() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(8, 4, 8);
        Connection one = connection(limiter, "ann");
        Connection same = connection(limiter, "ann");
        Connection third = connection(limiter, "ann");
        List<String> ran = new ArrayList<>();
        one.hold(4);
        same.hold(2);
        assertThat(one.call(() -> ran.add("one"))).isFalse();
        assertThat(same.call(() -> ran.add("same"))).isFalse();
        assertThat(third.call(() -> ran.add("third"))).isFalse();
        assertThat(limiter.available()).isEqualTo(2);

        connection(limiter, "bob").hold(2);
        assertThat(limiter.available()).isZero();
        one.release();
        assertThat(ran).containsExactly("same");
        same.release();
        assertThat(ran).containsExactly("same", "third");
        third.release();
        assertThat(ran).containsExactly("same", "third", "one");
    }

    @Test
    void aCancelledCallMakesRoomForTheNextConnectionOfThePrincipal() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(4, 2, 8);
        Connection bob = connection(limiter, "bob");
        Connection ann = connection(limiter, "ann");
        bob.hold(1);
        ann.hold(2);
        connection(limiter, "ann").hold(1);
        AtomicInteger ran = new AtomicInteger();
        RecordedCall cancelled = new RecordedCall("work", "[]");
        cancelled.principal = new User("ann");
        assertThat(connection(limiter).call(() -> {})).isFalse();
        assertThat(connection(limiter, "ann").call(cancelled, ran::incrementAndGet))
                .isFalse();
        assertThat(connection(limiter, "ann").call(ran::incrementAndGet)).isFalse();

        ann.release(); // The caller without a name runs, and the next one of ann would be after it.
        assertThat(limiter.queued()).isEqualTo(2);
        cancelled.cancel();
        assertThat(ran).hasValue(0);
        bob.release();

        assertThat(ran).hasValue(1);
        assertThat(limiter.queued()).isZero();
    }

    @Test
    void sharesOfPrincipalsAreForgotten() throws Exception {
        PrincipalShares shares = new PrincipalShares(1);
        Share kept = shares.of(new User("kept"));
        for (int i = 0; i < 1_000; i++) {
            shares.of(new User("user" + i));
        }
        for (int i = 0; i < 3_000 && shares.size() > 100; i++) {
            System.gc();
            Thread.sleep(10);
            shares.of(new User("other" + i));
        }
        assertThat(shares.size()).isLessThanOrEqualTo(100);
        assertThat(shares.of(new User("kept"))).isSameAs(kept);
    }

    @Test
    void aSoleSourceMayHaveAll() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(4, 2, 0);
        Connection broker = sole(limiter);
        broker.hold(4);

        assertThat(broker.call(() -> {})).isFalse();
        assertThat(broker.call(() -> {})).isFalse();
        assertThat(limiter.queued()).isEqualTo(2);
    }

    @Test
    void callersThatWaitAreServedInTurn() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 100);
        Connection first = connection(limiter);
        first.hold(1);
        List<String> order = new ArrayList<>();
        List<Connection> connections = List.of(connection(limiter), connection(limiter), connection(limiter));
        for (int i = 0; i < connections.size(); i++) {
            Connection each = connections.get(i);
            for (int call = 0; call < 4 - i; call++) {
                String name = "abc".charAt(i) + "" + call;
                assertThat(each.call(() -> order.add(name))).isFalse();
            }
        }

        first.release();
        for (Connection next : List.of(
                connections.get(0),
                connections.get(1),
                connections.get(2),
                connections.get(0),
                connections.get(1),
                connections.get(2),
                connections.get(0),
                connections.get(1),
                connections.get(0))) {
            next.release();
        }
        assertThat(order).containsExactly("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "a3");
        assertThat(connections).allSatisfy(each -> assertThat(each.resumed).hasValue(1));
        assertThat(limiter.available()).isEqualTo(1);
    }

    @Test
    void beyondTheQueueCallsFailAtOnce() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 1, 2);
        Connection one = connection(limiter);
        Connection other = connection(limiter);
        one.hold(1);
        other.hold(1);
        assertThat(one.call(() -> {})).isFalse();
        RecordedCall overHalf = new RecordedCall("work", "[]");
        assertThat(one.call(overHalf, () -> {})).isTrue();
        assertThat(other.call(() -> {})).isFalse();
        RecordedCall overAll = new RecordedCall("work", "[]");
        assertThat(connection(limiter).call(overAll, () -> {})).isTrue();

        for (RecordedCall refused : List.of(overHalf, overAll)) {
            assertThatThrownBy(refused::result)
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("limit of 2 calls");
        }
        assertThat(limiter.queued()).isEqualTo(2);
        one.source.refuseNone();
        assertThat(one.call(() -> {})).isFalse();
        assertThat(limiter.queued()).isEqualTo(3);
    }

    @Test
    void aCancelledCallLeavesTheQueue() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 1);
        Connection one = connection(limiter);
        one.hold(1);
        AtomicInteger ran = new AtomicInteger();
        RecordedCall call = new RecordedCall("work", "[]");
        assertThat(one.call(call, ran::incrementAndGet)).isFalse();

        call.cancel();

        assertThatThrownBy(call::result).isInstanceOf(RpcTimeoutException.class).hasMessageContaining("is gone");
        assertThat(one.resumedOnce.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(limiter.queued()).isZero();
        assertThat(connection(limiter).call(ran::incrementAndGet)).isFalse();
        one.release();
        assertThat(ran).hasValue(1);
        assertThat(one.resumed).hasValue(1);
    }

    @Test
    void aCallWhoseDeadlinePassesLeavesTheQueueAndIsNotRun() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 1);
        Connection one = connection(limiter);
        one.hold(1);
        AtomicInteger ran = new AtomicInteger();
        RecordedCall call = new RecordedCall("work", "[]");
        call.deadline = Instant.now().plusMillis(50);
        assertThat(one.call(call, ran::incrementAndGet)).isFalse();

        assertThatThrownBy(() -> call.outcome.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(RpcTimeoutException.class)
                .hasMessageContaining("the deadline of work passed before its turn came");
        assertThat(one.resumedOnce.await(30, TimeUnit.SECONDS)).isTrue();
        RecordedCall late = new RecordedCall("work", "[]");
        late.deadline = Instant.now().minusMillis(1);
        assertThat(one.call(late, ran::incrementAndGet)).isTrue();
        assertThatThrownBy(late::result).isInstanceOf(RpcTimeoutException.class);
        one.release();
        assertThat(ran).hasValue(0);
        assertThat(limiter.awaitIdle(GENEROUS)).isTrue();
    }

    @Test
    void callsThatASourceKeepsAreWaitedFor() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 1);
        Connection one = connection(limiter);
        limiter.keepsCalls(one.source, true);
        limiter.keepsCalls(one.source, true);
        assertThat(limiter.awaitIdle(1)).isFalse();
        Thread.ofVirtual().start(() -> {
            one.hold(1);
            limiter.keepsCalls(one.source, false);
            one.release();
        });
        assertThat(limiter.awaitIdle(GENEROUS)).isTrue();
    }

    @Test
    void aLentPermitLetsOthersStartAndStillCounts() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 1);
        Connection one = connection(limiter);
        AtomicInteger ran = new AtomicInteger();
        one.hold(1);
        assertThat(one.call(ran::incrementAndGet)).isFalse();
        assertThat(ran).hasValue(0);

        limiter.lend(one.share());
        assertThat(ran).hasValue(1);
        one.release(); // of the other one
        assertThat(limiter.available()).isEqualTo(1);
        assertThat(limiter.awaitIdle(0)).isFalse();

        one.hold(1);
        limiter.takeBack(one.share()); // over the limit, for a moment
        assertThat(one.share().permits()).isEqualTo(2);
        assertThat(one.call(ran::incrementAndGet)).isFalse();
        one.release();
        assertThat(ran).hasValue(1);
        one.release();
        assertThat(ran).hasValue(2);
        one.release();
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    @Test
    void tenTimesAsManyPermitsMayBeLent() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 1, 2);
        Connection one = connection(limiter);
        Connection other = connection(limiter);
        Connection third = connection(limiter);
        for (Connection each : List.of(one, other)) {
            for (int i = 0; i < 20; i++) {
                each.hold(1);
                limiter.lend(each.share());
            }
            each.hold(1);
            assertThatThrownBy(() -> limiter.lend(each.share()))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("20 calls wait for their callers already");
            each.release();
        }
        third.hold(1);
        assertThatThrownBy(() -> limiter.lend(third.share()))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("40 calls wait for their callers already");
        third.release();
        assertThat(limiter.available()).isEqualTo(2);
        for (Connection each : List.of(one, other)) {
            for (int i = 0; i < 20; i++) {
                limiter.takeBack(each.share());
                each.release();
            }
        }
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    /** The wait has no limit and does not poll: a lost signal would hang the test. */
    @Test
    @Timeout(60)
    void waitersForIdlenessAreAlwaysWoken() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 2, 10);
        AtomicInteger ran = new AtomicInteger();
        int rounds = 2_000;
        Connection one = connection(limiter);
        for (int round = 0; round < rounds; round++) {
            CountDownLatch submitted = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                Thread.ofVirtual().start(() -> {
                    limiter.execute(
                            one.source,
                            one.share(),
                            new RecordedCall("work", "[]"),
                            () -> {
                                ran.incrementAndGet();
                                one.release();
                            },
                            task -> Thread.ofVirtual().start(task));
                    submitted.countDown();
                });
            }
            submitted.await();

            assertThat(limiter.awaitIdle(Long.MAX_VALUE)).isTrue();
            assertThat(ran).hasValue(3 * (round + 1));
        }
    }

    /** Each starts where the one before ends: on the stack of the first they would be too deep. */
    @Test
    void manyInlineCallsDoNotFillTheStack() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 200_000);
        Connection one = connection(limiter);
        one.hold(1);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100_000; i++) {
            assertThat(one.call(() -> {
                        ran.incrementAndGet();
                        one.release();
                    }))
                    .isFalse();
        }

        one.release();

        assertThat(ran).hasValue(100_000);
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    @Test
    void aSourceThatCannotBeResumedDoesNotStopOthers() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 10);
        Connection one = connection(limiter);
        one.hold(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        LimitedSource broken = limiter.source(() -> {
            throw new RejectedExecutionException("the event loop has ended");
        });
        Share share = limiter.share(broken, new RecordedCall("work", "[]"));
        limiter.execute(
                broken,
                share,
                new RecordedCall("work", "[]"),
                () -> {
                    ran.add("broken");
                    limiter.release(share);
                },
                Runnable::run);
        assertThat(connection(limiter).call(() -> ran.add("other"))).isFalse();

        one.release();

        assertThat(ran).containsExactly("broken", "other");
    }

    @Test
    void aRejectedTaskRunsAllTheSame() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1, 1);
        Connection one = connection(limiter);

        limiter.execute(one.source, one.share(), new RecordedCall("work", "[]"), one::release, task -> {
            throw new RejectedExecutionException("shut down");
        });

        assertThat(limiter.awaitIdle(TimeUnit.SECONDS.toNanos(10))).isTrue();
    }
}
