package dev.parley.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs the faults of peers: what they sent is printed as {@link PrintableText}, and one peer cannot fill the log.
 *
 * <p>Each peer has {@value #DEFAULT_LINES} lines per minute in each log, or as many as the system property
 * {@value #LINES} says when this class is loaded. What is beyond that is counted, and the number logged at the end of
 * the minute. A peer is a host: its connections share the lines. Thread-safe.
 */
public final class PeerLog {
    /** The system property that sets the lines per peer and minute; a positive integer. */
    public static final String LINES = "parley.log.lines";

    /** The lines per peer and minute unless set. */
    public static final int DEFAULT_LINES = 60;

    /** When so many hosts have lines in one minute, further ones share those of one. */
    private static final int MAX_PEERS = 1_000;

    private static final String OTHERS = "other peers";
    private static final String UNKNOWN = "unknown peer";

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int LIMIT = Math.max(1, Integer.getInteger(LINES, DEFAULT_LINES));

    private final Logger log;
    private final int limit;
    private final LongAdder faults = new LongAdder();
    private final LongAdder suppressed = new LongAdder();
    /** Guarded by itself. */
    private final Map<String, Counter> peers = new HashMap<>();

    /** The lines of a peer in this minute. */
    private static final class Counter {
        private int lines;
    }

    /** The faults that are logged to this logger. */
    public PeerLog(Logger log) {
        this(log, LIMIT);
    }

    PeerLog(Logger log, int limit) {
        this.log = log;
        this.limit = limit;
    }

    /**
     * Logs a warning, which begins with the peer if it is known.
     *
     * @param peer the peer, whose text is its address or name; the port does not matter; {@code null} if unknown
     * @param format the rest of the message for SLF4J, with {@code {}} for each argument
     * @param arguments values of its placeholders; a last one more that is a {@link Throwable} is logged with its stack
     *     trace
     */
    public void warn(@Nullable Object peer, String format, @Nullable Object... arguments) {
        log(Level.WARN, peer, format, arguments);
    }

    /** Logs an error; otherwise like {@link #warn}. */
    public void error(@Nullable Object peer, String format, @Nullable Object... arguments) {
        log(Level.ERROR, peer, format, arguments);
    }

    /** How many faults there were, logged or not. */
    public long faults() {
        return faults.sum();
    }

    /** How many of the faults were not logged. */
    public long suppressed() {
        return suppressed.sum();
    }

    private void log(Level level, @Nullable Object peer, String format, @Nullable Object... arguments) {
        try {
            print(level, peer, format, arguments);
        } catch (Throwable unloggable) {
            // An error whose text cannot be made, or no memory: what its connection or request needs matters more.
            Guard.log("logging a fault of a peer", unloggable);
        }
    }

    private void print(Level level, @Nullable Object peer, String format, @Nullable Object... arguments) {
        faults.increment();
        if (!log.isEnabledForLevel(level)) {
            return;
        }
        String name = peer == null ? null : PrintableText.line(peer.toString());
        if (!admit(name == null ? UNKNOWN : host(name))) {
            suppressed.increment();
            return;
        }
        String message = name == null ? format : "{}: " + format;
        int first = name == null ? 0 : 1;
        @Nullable Object[] printed = new Object[first + arguments.length];
        if (name != null) {
            printed[0] = name;
        }
        for (int i = 0; i < arguments.length; i++) {
            printed[first + i] = switch (arguments[i]) {
                case null -> null;
                case Throwable error -> PrintableText.error(error);
                case Number number -> number;
                case Object other -> PrintableText.line(other.toString());
            };
        }
        if (level == Level.ERROR) {
            log.error(message, printed);
        } else {
            log.warn(message, printed);
        }
    }

    private boolean admit(String host) {
        synchronized (peers) {
            String key = peers.size() < MAX_PEERS || peers.containsKey(host) ? host : OTHERS;
            Counter counter = peers.get(key);
            if (counter == null) {
                counter = new Counter();
                peers.put(key, counter);
                Timers.after(MINUTE, () -> endMinute(key));
            }
            return ++counter.lines <= limit;
        }
    }

    void endMinute(String key) {
        Counter counter;
        synchronized (peers) {
            counter = peers.remove(key);
        }
        if (counter != null && counter.lines > limit) {
            log.warn("{}: {} more lines within a minute were not logged", key, counter.lines - limit);
        }
    }

    /** An address without its port, which changes with each connection. */
    private static String host(String peer) {
        int colon = peer.lastIndexOf(':');
        boolean port = colon > 0 && colon < peer.length() - 1;
        for (int i = colon + 1; port && i < peer.length(); i++) {
            port = peer.charAt(i) >= '0' && peer.charAt(i) <= '9';
        }
        // Several colons without brackets are an IPv6 address without a port.
        return port && (peer.charAt(colon - 1) == ']' || peer.indexOf(':') == colon) ? peer.substring(0, colon) : peer;
    }
}
