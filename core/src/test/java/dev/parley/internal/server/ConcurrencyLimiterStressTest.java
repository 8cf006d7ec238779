package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.OverloadedException;
import dev.parley.RpcException;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** Many threads call, cancel, lend and pause at random; whatever they do, no permit is lost and none is doubled. */
class ConcurrencyLimiterStressTest {
    private static final int MAX_CALLS = 8;
    private static final int MAX_PER_SHARE = 3;
    private static final int MAX_PER_PRINCIPAL = 5;
    private static final int MAX_QUEUED = 12;
    private static final int CONNECTIONS = 12;
    private static final int CALLS = 4_000;

    private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(MAX_CALLS, MAX_PER_SHARE, MAX_QUEUED);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final LongAdder ran = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder gone = new LongAdder();
    private final LongAdder twice = new LongAdder();

    private record User(String name) implements Principal {
        @Override
        public String getName() {
            return name;
        }
    }

    private static final class Connection {
        private final @Nullable Principal principal;
        private final LimitedSource source;
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger mostRunning = new AtomicInteger();
        private final AtomicInteger paused = new AtomicInteger();
        private final AtomicInteger resumed = new AtomicInteger();

        Connection(ConcurrencyLimiter limiter, @Nullable Principal principal) {
            this.principal = principal;
            this.source = limiter.source(resumed::incrementAndGet);
        }
    }

    /** A call, which has exactly one outcome. */
    private final class Call extends dev.parley.spi.ServerCall implements Runnable {
        private final Connection connection;
        private final Share share;
        private final @Nullable Instant deadline;
        private final AtomicBoolean over = new AtomicBoolean();

        Call(Connection connection, @Nullable Instant deadline) {
            this.connection = connection;
            this.deadline = deadline;
            this.share = limiter.share(connection.source, this);
        }

        @Override
        public void run() {
            enter();
            try {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                if (random.nextInt(4) == 0) {
                    LockSupport.parkNanos(random.nextInt(50_000));
                }
                if (random.nextInt(8) == 0) {
                    leave();
                    limiter.lend(share);
                    LockSupport.parkNanos(random.nextInt(20_000));
                    limiter.takeBack(share);
                    running.incrementAndGet();
                    connection.running.incrementAndGet();
                }
                over(ran);
            } finally {
                leave();
                limiter.release(share);
            }
        }

        private void enter() {
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            connection.mostRunning.accumulateAndGet(connection.running.incrementAndGet(), Math::max);
        }

        private void leave() {
            running.decrementAndGet();
            connection.running.decrementAndGet();
        }

        private void over(LongAdder how) {
            how.increment();
            if (!over.compareAndSet(false, true)) {
                twice.increment();
            }
        }

        @Override
        public void fail(RpcException error) {
            over(error instanceof OverloadedException ? refused : gone);
        }

        @Override
        public @Nullable Principal principal() {
            return connection.principal;
        }

        @Override
        public @Nullable Instant deadline() {
            return deadline;
        }

        @Override
        public String method() {
            return "work";
        }

        @Override
        public ObjectMapper mapper() {
            return RecordedCall.VALUES.json();
        }

        @Override
        public @Nullable JsonParser arguments() {
            return null;
        }

        @Override
        public String wire() {
            return "stress";
        }

        @Override
        public void reply(@Nullable Object value, Type type) {}
    }

    @Test
    @Timeout(120)
    void noPermitIsLostOrDoubled() throws Exception {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(new Connection(limiter, i % 3 == 0 ? new User("user" + i % 2) : null));
        }
        CountDownLatch done = new CountDownLatch(CONNECTIONS);
        for (Connection connection : connections) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < CALLS; i++) {
                    call(connection);
                }
                done.countDown();
            });
        }
        assertThat(done.await(100, TimeUnit.SECONDS)).isTrue();
        assertThat(limiter.awaitIdle(TimeUnit.SECONDS.toNanos(30))).isTrue();

        assertThat(limiter.available()).isEqualTo(MAX_CALLS);
        assertThat(limiter.queued()).isZero();
        assertThat(ran.sum() + refused.sum() + gone.sum()).isEqualTo((long) CONNECTIONS * CALLS);
        assertThat(twice.sum()).isZero();
        assertThat(ran.sum()).isPositive();
        assertThat(refused.sum()).isPositive();
        assertThat(running).hasValue(0);
        for (Connection connection : connections) {
            Share share = limiter.share(connection.source, new Call(connection, null));
            assertThat(share.permits()).isZero();
            assertThat(share.queued()).isZero();
            assertThat(share.isInTurn()).isFalse();
            if (share.parent() != null) {
                assertThat(share.parent().permits()).isZero();
                assertThat(share.parent().queued()).isZero();
                assertThat(share.parent().pollWaiting()).isNull();
            }
            // A resume may come for several calls that waited, but each wait ends with one.
            assertThat(connection.resumed.get())
                    .isBetween(Math.min(1, connection.paused.get()), connection.paused.get());
        }
    }

    private void call(Connection connection) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Instant deadline = random.nextInt(5) == 0 ? Instant.now().plusNanos(random.nextInt(200_000)) : null;
        Call call = new Call(connection, deadline);
        boolean room = limiter.execute(
                connection.source,
                call.share,
                call,
                call,
                random.nextInt(3) == 0
                        ? Runnable::run
                        : task -> Thread.ofVirtual().start(task));
        if (!room) {
            connection.paused.incrementAndGet();
        }
        if (random.nextInt(6) == 0) {
            call.cancel();
        }
        if (!room && random.nextInt(10) > 0) {
            LockSupport.parkNanos(random.nextInt(30_000));
        }
    }

    /** Without lending, which may exceed the limits for a moment, they hold at any time. */
    @Test
    @Timeout(120)
    void theLimitsHoldAtAnyTime() throws Exception {
        Connection one = new Connection(limiter, new User("ann"));
        Connection same = new Connection(limiter, new User("ann"));
        Connection other = new Connection(limiter, null);
        AtomicInteger ofAnn = new AtomicInteger();
        AtomicInteger mostOfAnn = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(6);
        for (Connection connection : List.of(one, same, other, one, same, other)) {
            boolean ann = connection.principal != null;
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < CALLS; i++) {
                    Call call = new Call(connection, null);
                    Runnable task = () -> {
                        call.enter();
                        mostOfAnn.accumulateAndGet(ofAnn.addAndGet(ann ? 1 : 0), Math::max);
                        Thread.yield();
                        ofAnn.addAndGet(ann ? -1 : 0);
                        call.leave();
                        limiter.release(call.share);
                    };
                    limiter.execute(
                            connection.source,
                            call.share,
                            call,
                            task,
                            t -> Thread.ofVirtual().start(t));
                }
                done.countDown();
            });
        }
        assertThat(done.await(100, TimeUnit.SECONDS)).isTrue();
        assertThat(limiter.awaitIdle(TimeUnit.SECONDS.toNanos(30))).isTrue();
        assertThat(mostRunning.get()).isBetween(1, MAX_CALLS);
        assertThat(mostOfAnn.get()).isBetween(1, MAX_PER_PRINCIPAL);
        assertThat(List.of(one, same, other))
                .allSatisfy(each -> assertThat(each.mostRunning.get()).isBetween(1, MAX_PER_SHARE));
        assertThat(limiter.available()).isEqualTo(MAX_CALLS);
    }
}
