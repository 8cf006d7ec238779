package dev.parley.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** When a command that serves is to stop: at SIGINT or SIGTERM, or at the end of its input. Thread-safe. */
final class StopSignal {
    private static final int INTERRUPTED = 130;

    private final CountDownLatch given = new CountDownLatch(1);
    private final AtomicBoolean watching = new AtomicBoolean(true);

    /** One that only {@link #stop} gives. */
    StopSignal() {}

    /** The process's signals. They do what they always do until somebody {@link #await}s. */
    static StopSignal ofProcess() {
        StopSignal signal = new StopSignal();
        signal.watching.set(false);
        return signal;
    }

    /** Gives the signal. */
    void stop() {
        given.countDown();
    }

    /** Gives the signal when the input ends; what it says until then is dropped. */
    void atEof(InputStream input) {
        Thread.ofPlatform().daemon().name("parley-stop-at-eof").start(() -> {
            try {
                input.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // It has ended in another way.
            }
            stop();
        });
    }

    /** Waits for the signal. A second one while the command drains ends the process at once. */
    void await() {
        watch();
        awaitUnwatched();
    }

    /** Waits for the signal, but leaves what the process's own do to the JVM, which they end. */
    void awaitUnwatched() {
        try {
            given.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From here on the signals only tell, and whoever waits for them ends the process. */
    void watch() {
        if (watching.compareAndSet(false, true)) {
            try {
                handle("INT", this::given);
                handle("TERM", this::given);
            } catch (ReflectiveOperationException | RuntimeException e) {
                // No signals on this JVM: it then exits as it always does, without draining.
                org.slf4j.LoggerFactory.getLogger(StopSignal.class).debug("cannot handle signals", e);
            }
        }
    }

    /** From here on SIGHUP runs an action, on a thread of its own, and does not end the process. */
    void onHangUp(Runnable action) {
        try {
            handle("HUP", () -> Thread.ofVirtual().name("parley-reset").start(action));
        } catch (ReflectiveOperationException | RuntimeException e) {
            org.slf4j.LoggerFactory.getLogger(StopSignal.class).debug("cannot handle SIGHUP", e);
        }
    }

    private void given() {
        if (given.getCount() == 0) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
        stop();
    }

    /**
     * By reflection: sun.misc.Signal is in every JDK, but hidden from the compiler. A shutdown hook can neither set the
     * exit code nor see a second signal.
     */
    private static void handle(String name, Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object onSignal =
                Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                    action.run();
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
    }
}
