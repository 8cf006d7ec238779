package dev.parley.broker.auth;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A login on its way: it waits if its host has failed lately, is checked, and if it fails its outcome waits. Confined
 * to the event loop, which it never blocks.
 */
public final class PendingLogin {
    private static final Logger log = LoggerFactory.getLogger(PendingLogin.class);

    private final Users users;
    private final Credentials credentials;
    private final @Nullable InetAddress from;
    private final EventExecutor loop;
    private final Consumer<? super @Nullable User> outcome;
    private @Nullable Future<?> timer;
    private boolean waiting;
    /** Read by the thread of a check, too. */
    private volatile boolean done;

    private PendingLogin(
            Users users,
            Credentials credentials,
            @Nullable InetAddress from,
            EventExecutor loop,
            Consumer<? super @Nullable User> outcome) {
        this.users = users;
        this.credentials = credentials;
        this.from = from;
        this.loop = loop;
        this.outcome = outcome;
    }

    /**
     * Begins a login. Called on the event loop, where the outcome is told: at once if the credentials are right and
     * their check does not block.
     *
     * @param from the address of the client; {@code null} if the transport has none
     * @param outcome is told the user, or {@code null} if the login is refused; once, or never after {@link #cancel}
     */
    public static PendingLogin begin(
            Users users,
            Credentials credentials,
            @Nullable InetAddress from,
            EventExecutor loop,
            Consumer<? super @Nullable User> outcome) {
        PendingLogin login = new PendingLogin(users, credentials, from, loop, outcome);
        long nanos = users.delays().beginWait(from, System.nanoTime());
        if (nanos == 0) {
            login.check();
        } else if (nanos < 0) {
            log.warn(
                    "login of {} refused: {} logins of its host wait after failures",
                    Users.described(credentials),
                    LoginDelays.MAX_WAITING);
            login.end(null);
        } else {
            login.waiting = true;
            login.timer = loop.schedule(login::waited, nanos, TimeUnit.NANOSECONDS);
        }
        return login;
    }

    /** Whether its outcome has not been told yet. */
    public boolean isPending() {
        return !done;
    }

    /** The client is gone: the outcome is not told. A check that has begun counts nevertheless. */
    public void cancel() {
        done = true;
        stop();
    }

    private void stop() {
        if (waiting) {
            waiting = false;
            users.delays().endWait(from);
        }
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void waited() {
        stop();
        check();
    }

    private void check() {
        if (users.mayBlock(credentials)) {
            Thread thread = Thread.ofVirtual().name("parley-broker-login").start(this::checkBlocking);
            timer = loop.schedule(() -> overdue(thread), users.checkTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } else {
            checked(users.authenticate(credentials, from, false));
        }
    }

    private void checkBlocking() {
        User user = null;
        Semaphore checks = users.checks();
        try {
            checks.acquire();
            try {
                if (done) {
                    return; // The client has gone while this waited, and nothing was tried.
                }
                user = users.authenticate(credentials, from, true);
            } finally {
                checks.release();
            }
        } catch (InterruptedException e) {
            return; // Overdue.
        }
        if (Thread.interrupted()) {
            return; // Likewise.
        }
        User found = user;
        try {
            loop.execute(() -> checked(found));
        } catch (RejectedExecutionException e) {
            log.debug("the server stopped during a login");
        }
    }

    private void overdue(Thread thread) {
        log.warn(
                "login of {} refused: its check took longer than {} s",
                Users.described(credentials),
                users.checkTimeout().toSeconds());
        thread.interrupt();
        end(null);
    }

    private void checked(@Nullable User user) {
        // Counted in any case, so that hanging up does not help those who guess.
        if (user != null) {
            users.delays().succeeded(from);
            end(user);
            return;
        }
        long nanos = users.delays().failed(from, System.nanoTime());
        if (!done) {
            stop();
            timer = loop.schedule(() -> end(null), nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void end(@Nullable User user) {
        if (!done) {
            done = true;
            stop();
            outcome.accept(user);
        }
    }
}
