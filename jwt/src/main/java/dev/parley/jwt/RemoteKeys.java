package dev.parley.jwt;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a JWK set at an https URL, fetched with the first token. They are fetched anew once they are old or a token
 * names an unknown one, though not again within a pause; if that fails, those known stay in force until they are too old.
 * Thread-safe.
 */
final class RemoteKeys implements KeySource {
    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

    private final Fetcher fetcher;
    private final URI url;
    private final long refreshNanos;
    private final long maxAgeNanos;
    private final long pauseNanos;

    /** Held while keys are fetched. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable Fetched fetched;
    /** The last attempt. Guarded by the lock. */
    private @Nullable Attempt last;

    private record Fetched(List<VerificationKey> keys, long nanos) {}

    /** When it was, and why it failed, if it did. */
    private record Attempt(long nanos, @Nullable String error) {}

    /**
     * How keys are fetched.
     *
     * @param tls {@code null} is the JVM's default
     * @param timeout for the whole response
     * @param maxBytes how long it may be
     * @param refresh how old keys get before they are fetched anew
     * @param maxAge how old they get if that fails
     * @param pause the least time between two attempts
     */
    record Settings(
            @Nullable SSLContext tls,
            Duration timeout,
            int maxBytes,
            Duration refresh,
            Duration maxAge,
            Duration pause) {}

    RemoteKeys(URI url, Settings settings) {
        this.url = url;
        this.fetcher = new Fetcher(url, settings.tls(), settings.timeout(), settings.maxBytes());
        this.refreshNanos = settings.refresh().toNanos();
        this.maxAgeNanos = settings.maxAge().toNanos();
        this.pauseNanos = settings.pause().toNanos();
    }

    @Override
    public List<VerificationKey> keys() {
        Fetched current = fetched;
        if (current == null || isOlder(current, maxAgeNanos)) {
            lock.lock();
            try {
                attempt();
            } finally {
                lock.unlock();
            }
        } else if (isOlder(current, refreshNanos) && lock.tryLock()) {
            // One caller fetches; the others go on with what is known.
            try {
                if (Objects.equals(fetched, current)) {
                    attempt();
                }
            } finally {
                lock.unlock();
            }
        }
        return known();
    }

    @Override
    public List<VerificationKey> newerKeys() {
        Fetched before = fetched;
        lock.lock();
        try {
            if (Objects.equals(fetched, before)) {
                attempt();
            }
        } finally {
            lock.unlock();
        }
        return known();
    }

    private static boolean isOlder(Fetched keys, long nanos) {
        return System.nanoTime() - keys.nanos() > nanos;
    }

    private List<VerificationKey> known() {
        Fetched current = fetched;
        if (current != null && !isOlder(current, maxAgeNanos)) {
            return current.keys();
        }
        lock.lock();
        try {
            Attempt attempt = last;
            throw new IllegalStateException("the keys of " + url + " cannot be fetched: "
                    + (attempt == null || attempt.error() == null ? "the last ones are too old" : attempt.error()));
        } finally {
            lock.unlock();
        }
    }

    /** Fetches the keys, unless that has just been tried. Called with the lock held. */
    private void attempt() {
        Attempt before = last;
        if (before != null && System.nanoTime() - before.nanos() < pauseNanos) {
            return;
        }
        try {
            fetch();
        } catch (IllegalStateException e) {
            log.warn("{}", e.getMessage());
        }
    }

    private void fetch() {
        try {
            List<VerificationKey> keys = KeyReader.set(fetcher.fetch(), false);
            fetched = new Fetched(keys, System.nanoTime());
            last = new Attempt(System.nanoTime(), null);
        } catch (Fetcher.FetchException | IllegalArgumentException e) {
            String reason = Objects.requireNonNullElse(e.getMessage(), "unknown");
            last = new Attempt(System.nanoTime(), reason);
            throw new IllegalStateException("the keys of " + url + " cannot be fetched: " + reason, e);
        }
    }

    @Override
    public void reload() {
        lock.lock();
        try {
            fetch();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
