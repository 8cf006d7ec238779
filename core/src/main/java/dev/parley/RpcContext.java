package dev.parley;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a method may know about the call it serves: declare it as the first parameter. Valid while the method runs; thread-safe.
 */
public interface RpcContext {
    /** The method's name as the caller wrote it. */
    String method();

    /** The namespace that the caller asked for. */
    Optional<String> namespace();

    /** The version that the caller asked for. */
    Optional<String> version();

    /** The caller's context: oslo.messaging's request context, zerorpc's extra headers; empty where the wire carries none. */
    Map<String, @Nullable Object> values();

    /**
     * The caller's context as a record or bean.
     *
     * @throws SerializationException if it does not fit the type
     */
    <T> T values(Class<T> type);

    /** The scheme of the wire, such as {@code xmlrpc+http}. */
    String wire();

    /** The caller's network address, where there is a socket. */
    Optional<String> remoteAddress();

    /** Who the caller is, where the wire authenticated him. */
    Optional<Principal> principal();

    /** What the wire tells besides, such as HTTP headers under their lower-case names. */
    Map<String, String> metadata();

    /** Until when the caller waits, where the wire tells. */
    Optional<Instant> deadline();

    /** The time left until the deadline, never negative. */
    default Optional<Duration> remaining() {
        return deadline().map(deadline -> {
            Duration left = Duration.between(Instant.now(), deadline);
            return left.isNegative() ? Duration.ZERO : left;
        });
    }

    /** Whether the caller is known to be gone; the method's thread is interrupted at that moment too, unless it runs inline. */
    boolean isCancelled();
}
