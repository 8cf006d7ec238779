package dev.parley.net.http.client;

import dev.parley.ConnectionLostException;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one {@link HttpClient}, kept so that small servers stay usable for others. Many of them serve one
 * connection at a time, from its first request until it is closed, and have room for five more that wait:
 *
 * <ul>
 *   <li>Idle connections are closed by a timer, not when the next call comes.
 *   <li>Only as many connections as the {@link ConnectionWindow} allows may be without a response; other calls wait
 *       for a free connection, in their order, before another one is opened.
 *   <li>While a call on a new connection has not had a byte for a moment, a connection that becomes free is closed
 *       rather than kept: it may be the one that the server serves.
 *   <li>Where a peer closes after each response without saying so, connections are not kept.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class ConnectionPool {
    /** How long a call waits without a byte on a new connection until free connections make room for it. */
    private static final long STARVING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The same, if the server has served several connections at a time: there such a wait is hardly ever a queue. */
    private static final long STARVING_IN_PARALLEL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The same at most, however slow the server is. */
    private static final long MAX_STARVING_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long calls wait for a connection, without any response meanwhile, until the window grows. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A peer that closes after its response does so within this time. */
    private static final long CLOSING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** For so long the connections of a peer that closes them silently are not kept. */
    private static final long SILENT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How the peer treats a connection after its first response, as far as is known. */
    private enum Habit {
        UNKNOWN,
        KEEPS,
        CLOSES
    }

    /** What a call gets: an idle connection, or room for a new one. */
    private record Grant(
            @Nullable ClientConnection connection, @Nullable ConnectionSlot slot) {}

    /** A call that waits. Guarded by the lock. */
    private static final class Waiter {
        final Condition granted;
        final long since = System.nanoTime();

        @Nullable
        Grant grant;

        Waiter(Condition granted) {
            this.granted = granted;
        }
    }

    private final Origin origin;
    private final int maxResponse;
    private final Duration connectTimeout;
    private final long idleNanos;
    private final int maxConnections;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock, up to tick:
    private final ConnectionWindow window;
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    /** The connection used last comes first. */
    private final Deque<ClientConnection> idle = new ArrayDeque<>();
    /** The connections without a response, those being opened included; the oldest comes first. */
    private final List<ConnectionSlot> fresh = new ArrayList<>();

    private int open;
    private Habit habit = Habit.UNKNOWN;
    private long closesSince;
    /** The time between request and response on connections that have had one before, smoothed. */
    private long serviceNanos;

    private long lastResponse = System.nanoTime();
    private long lastMadeRoom = lastResponse - STARVING_NANOS;
    private long nextTick;
    private @Nullable ScheduledFuture<?> tick;

    private final Set<ClientConnection> all = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ConnectionPool(Origin origin, int maxResponse, Duration connectTimeout, Duration idleTimeout, int maxConnections) {
        this.origin = origin;
        this.maxResponse = maxResponse;
        this.connectTimeout = connectTimeout;
        this.idleNanos = idleTimeout.toNanos();
        this.maxConnections = maxConnections;
        this.window = new ConnectionWindow(maxConnections);
    }

    /**
     * A connection that is open as far as is known; {@link #answered} or {@link #failed} must follow.
     *
     * @throws dev.parley.RpcTimeoutException if the deadline passes
     * @throws ConnectionLostException if no connection can be made, the thread is interrupted, or the pool is closed
     */
    ClientConnection acquire(Deadline deadline) {
        boolean again = false;
        while (true) {
            Grant grant = grant(deadline, again);
            ClientConnection connection = grant.connection();
            if (connection == null) {
                return open(Objects.requireNonNull(grant.slot(), "slot"), deadline);
            }
            if (isAlive(connection)) {
                connection.usedSince = System.nanoTime();
                return connection;
            }
            discard(connection);
            again = true;
        }
    }

    /**
     * Waits for a connection or room for one.
     *
     * @param again whether the call had its turn already, and comes first
     */
    private Grant grant(Deadline deadline, boolean again) {
        lock.lock();
        try {
            Grant now = again || waiters.isEmpty() ? tryGrant() : null;
            if (now != null) {
                return now;
            }
            Waiter waiter = new Waiter(lock.newCondition());
            if (again) {
                waiters.addFirst(waiter);
            } else {
                waiters.addLast(waiter);
            }
            scheduleTick(waiter.since + PATIENCE_NANOS);
            boolean taken = false;
            try {
                Grant grant = await(waiter, deadline);
                taken = true;
                return grant;
            } finally {
                if (!taken) {
                    waiters.remove(waiter);
                    giveBack(waiter.grant);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Grant await(Waiter waiter, Deadline deadline) {
        try {
            while (waiter.grant == null) {
                requireOpen();
                long left = deadline.remainingNanos();
                if (left <= 0) {
                    throw deadline.exceeded("waiting for a connection to " + origin);
                }
                // The result is the time left, which the loop asks the deadline for.
                long ignored = waiter.granted.awaitNanos(left);
            }
            return waiter.grant;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while waiting for a connection to " + origin, e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new ConnectionLostException("the client of " + origin + " is closed");
        }
    }

    private @Nullable Grant tryGrant() {
        requireOpen();
        ClientConnection connection = idle.pollFirst();
        if (connection != null) {
            return new Grant(connection, null);
        }
        if (open < maxConnections && fresh.size() < window.size()) {
            open++;
            ConnectionSlot slot = new ConnectionSlot();
            fresh.add(slot);
            return new Grant(null, slot);
        }
        return null;
    }

    /** Takes back what a call got just when it gave up. */
    private void giveBack(@Nullable Grant grant) {
        if (grant != null) {
            if (grant.connection() != null) {
                idle.addFirst(grant.connection());
            } else {
                fresh.remove(grant.slot());
                open--;
            }
            serveWaiters();
        }
    }

    private void serveWaiters() {
        while (!waiters.isEmpty() && !closed) {
            Grant grant = tryGrant();
            if (grant == null) {
                return;
            }
            Waiter first = waiters.removeFirst();
            first.grant = grant;
            first.granted.signal();
        }
    }

    private ClientConnection open(ConnectionSlot slot, Deadline deadline) {
        ClientConnection connection;
        try {
            connection = ClientConnection.open(origin, maxResponse, deadline, connectTimeout);
        } catch (RuntimeException | Error e) {
            lock.lock();
            try {
                forget(slot);
                window.connectFailed(System.nanoTime());
                serveWaiters();
            } finally {
                lock.unlock();
            }
            throw e;
        }
        connection.slot = slot;
        slot.connection = connection;
        all.add(connection);
        lock.lock();
        try {
            long now = System.nanoTime();
            window.connected(now, now - slot.since);
        } finally {
            lock.unlock();
        }
        if (closed) {
            failed(connection);
            requireOpen();
        }
        return connection;
    }

    private void forget(@Nullable ConnectionSlot slot) {
        if (slot != null) {
            fresh.remove(slot);
        }
        open--;
    }

    /** Whether a connection from the pool can be used, as far as that can be told before anything is sent. */
    private boolean isAlive(ClientConnection connection) {
        if (!connection.isAlive()) {
            return false;
        }
        // The end of the connection may be still on its way. This costs a moment, once for a peer that keeps them.
        while (connection.answers == 1 && isUnknown() && System.nanoTime() - connection.idleSince < CLOSING_NANOS) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return connection.isAlive();
            }
            if (!connection.isAlive()) {
                return false;
            }
        }
        return true;
    }

    private boolean isUnknown() {
        lock.lock();
        try {
            return habit == Habit.UNKNOWN;
        } finally {
            lock.unlock();
        }
    }

    /** Drops an idle connection that the peer has closed. */
    private void discard(ClientConnection connection) {
        lock.lock();
        try {
            closedSilently(connection);
            open--;
        } finally {
            lock.unlock();
        }
        close(connection);
    }

    private void closedSilently(ClientConnection connection) {
        long now = System.nanoTime();
        if (connection.answers == 1 && now - connection.idleSince < TimeUnit.SECONDS.toNanos(1)) {
            habit = Habit.CLOSES;
            closesSince = now;
        }
    }

    /** A connection has had a response. It is kept or closed. */
    void answered(ClientConnection connection, HttpResponse response) {
        boolean keep;
        lock.lock();
        try {
            long now = System.nanoTime();
            ConnectionSlot slot = connection.slot;
            connection.answers++;
            if (connection.answers > 1) {
                habit = Habit.KEEPS;
            } else if (habit == Habit.CLOSES && now - closesSince > SILENT_NANOS) {
                habit = Habit.UNKNOWN;
            }
            keep = connection.isReusable() && habit != Habit.CLOSES && !closed;
            if (slot != null) {
                boolean others = open > fresh.size();
                fresh.remove(slot);
                connection.slot = null;
                window.answered(now, keep, others, now - slot.since, now - lastResponse, fresh.size() + 1);
            }
            if (slot == null) {
                serviceNanos += (now - connection.usedSince - serviceNanos) / 8;
            }
            lastResponse = now;
            if (keep && starving(now) > 0 && now - lastMadeRoom >= starvingNanos()) {
                lastMadeRoom = now;
                keep = false;
            }
            if (keep) {
                connection.idleSince = now;
                connection.idleUntil = now + Math.min(idleNanos, ClientConnection.announcedNanos(response));
                idle.addFirst(connection);
            } else {
                open--;
            }
            serveWaiters();
            if (!idle.isEmpty()) {
                long first = fresh.isEmpty() ? Long.MAX_VALUE : starvingNanos();
                scheduleTick(now + Math.min(first, connection.idleUntil - now));
            }
        } finally {
            lock.unlock();
        }
        if (!keep) {
            close(connection);
        }
    }

    /**
     * How long a call on a new connection may be without a byte until others make room. Longer where responses take
     * long anyway, since each connection that is closed for it is opened again.
     */
    private long starvingNanos() {
        long least = window.isParallel() ? STARVING_IN_PARALLEL_NANOS : STARVING_NANOS;
        return Math.clamp(5 * serviceNanos, least, MAX_STARVING_NANOS);
    }

    private int starving(long now) {
        long afterNanos = starvingNanos();
        int count = 0;
        for (ConnectionSlot slot : fresh) {
            count += slot.isStarving(now, afterNanos) ? 1 : 0;
        }
        return count;
    }

    /** A request on a connection has failed; it is closed. */
    void failed(ClientConnection connection) {
        lock.lock();
        try {
            if (!connection.hasReceived()) {
                closedSilently(connection);
            }
            forget(connection.slot);
            connection.slot = null;
            serveWaiters();
        } finally {
            lock.unlock();
        }
        close(connection);
    }

    private void close(ClientConnection connection) {
        all.remove(connection);
        connection.close();
    }

    // --- the timer

    private void scheduleTick(long at) {
        if (closed || tick != null && nextTick - at <= 0) {
            return;
        }
        if (tick != null) {
            tick.cancel(false);
        }
        nextTick = at;
        tick = Timers.after(Math.max(0, at - System.nanoTime()), this::tick);
    }

    /** Closes what has been idle for too long or is in the way of a call, and lets the window grow. */
    private void tick() {
        List<ClientConnection> leaving = new ArrayList<>();
        lock.lock();
        try {
            tick = null;
            long now = System.nanoTime();
            int room = starving(now);
            for (Iterator<ClientConnection> oldest = idle.descendingIterator(); oldest.hasNext(); ) {
                ClientConnection connection = oldest.next();
                if (now - connection.idleUntil >= 0 || room > 0) {
                    room--;
                    oldest.remove();
                    leaving.add(connection);
                }
            }
            open -= leaving.size();
            Waiter first = waiters.peekFirst();
            if (first != null && now - first.since >= PATIENCE_NANOS && now - lastResponse >= PATIENCE_NANOS) {
                window.grow(
                        now,
                        fresh.stream().anyMatch(slot -> slot.isConnecting() && slot.isStarving(now, STARVING_NANOS)));
            }
            serveWaiters();
            if (!waiters.isEmpty()) {
                scheduleTick(now + PATIENCE_NANOS);
            }
            if (!idle.isEmpty() && !fresh.isEmpty()) {
                scheduleTick(now + starvingNanos());
            }
            for (ClientConnection connection : idle) {
                scheduleTick(connection.idleUntil);
            }
            if (open == 0) {
                window.reset();
            }
        } finally {
            lock.unlock();
        }
        leaving.forEach(this::close);
    }

    /** Closes all connections; calls that wait or are in flight fail. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (tick != null) {
                tick.cancel(false);
            }
            waiters.forEach(waiter -> waiter.granted.signal());
            idle.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(this::close);
    }
}
