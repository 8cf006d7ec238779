package dev.parley.spi;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.CallOptions;
import dev.parley.InvalidTargetException;
import dev.parley.RpcContext;
import dev.parley.ServiceDescription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/**
 * The client side of a wire: carries calls to one peer or one broker. It starts a call and reports what comes back;
 * waiting, deadlines, cancellation, retries, interceptors and the count of calls in flight are the call engine's, once
 * for all wires. Thread-safe.
 */
public interface ClientTransport extends AutoCloseable {
    /** Which arguments the wire carries; the engine refuses others. */
    ArgumentStyle argumentStyle();

    /** The mapper of the wire's format. */
    ObjectMapper mapper();

    /** The timeout of a call that has none. By default 60 seconds. */
    default Duration defaultTimeout() {
        return Duration.ofSeconds(60);
    }

    /** The options that this wire adds; the engine refuses others. By default none. */
    default Set<CallOption<?>> callOptions() {
        return Set.of();
    }

    /** Whether these options allow to send a version; {@code null} is a call without one. By default always. */
    default boolean canSendVersion(CallOptions options, @Nullable String version) {
        return true;
    }

    /**
     * What a call inherits from the context of the served call that makes it. By default nothing.
     *
     * @param options those of the call; entries of their own context win
     * @param served the context of the served call
     */
    default Map<String, @Nullable Object> inheritedContext(CallOptions options, RpcContext served) {
        return Map.of();
    }

    /**
     * Whether an exchange runs on the thread that {@link StartedCall#run} is called on, and {@link #start} only
     * prepares it. Such a transport bounds its waits by {@link ClientCall#remainingNanos} and ends when the thread is
     * interrupted. The engine runs the exchange of a blocking call on the caller's own thread, others on virtual
     * threads. By default {@code false}.
     */
    default boolean blocks() {
        return false;
    }

    /**
     * Whether the protocol has a message without a response. If not, a cast is a call whose result the engine drops. By
     * default {@code true}.
     */
    default boolean hasOneWay() {
        return true;
    }

    /** Whether the wire streams. If not, the engine calls for a list. By default {@code false}. */
    default boolean streams() {
        return false;
    }

    /**
     * Whether the wire notices, by heartbeats, that the peer of an idle stream is gone, so that only the first item has
     * a timeout. By default {@code false}.
     */
    default boolean detectsLostPeers() {
        return false;
    }

    /**
     * Whether a call could be sent now. {@code false} while a wire behind a broker has no connection to it. By default
     * always, also for a wire that connects with its calls.
     */
    default boolean isReady() {
        return true;
    }

    /**
     * What identifies the current connection of a wire on which the peer can call back, so that the method of such a
     * call can be told which calls go to its own caller; {@code null}, the default, if there is none.
     */
    default @Nullable Object connection() {
        return null;
    }

    /**
     * Whether the current thread is the one that reads the responses: a call that waited on it would wait for ever, so
     * the engine refuses it. By default {@code false}.
     */
    default boolean isReading() {
        return false;
    }

    /**
     * Registers an action that runs, on a virtual thread, each time the connection is lost; not when the transport is
     * closed.
     *
     * @throws InvalidTargetException if the wire has no connection that means anything to its user. By default
     */
    default void onDisconnect(Runnable action) {
        throw new InvalidTargetException("this wire does not tell of lost connections");
    }

    /**
     * Starts a call: encodes it and, unless the transport {@linkplain #blocks blocks}, sends it. Does not wait: for a
     * connection, for the peer or for room. Everything that happens, a failure to send included, is reported to the
     * listener.
     *
     * @throws dev.parley.RpcException if the call cannot be sent at all, such as one whose arguments cannot be encoded;
     *     the listener gets nothing then
     */
    StartedCall start(ClientCall call, ResponseListener listener);

    /**
     * Whether several calls can be sent as one message. If not, the engine makes the calls of a batch one by one. By
     * default {@code false}.
     */
    default boolean batches() {
        return false;
    }

    /**
     * Starts calls and casts that are sent as one message, as {@link #start} does. Each is reported to its own
     * listener. If the exchange fails as a whole, a transport that blocks may throw the error from
     * {@link StartedCall#run} instead.
     *
     * @param calls at least one
     * @param listeners one for each call, in the same order
     * @throws dev.parley.RpcException if none of them can be sent
     */
    default StartedCall startBatch(List<ClientCall> calls, List<ResponseListener> listeners) {
        throw new UnsupportedOperationException("this wire has no batches");
    }

    /**
     * Asks the peer what it offers.
     *
     * @param caller makes the calls that this needs, with the client's options
     * @throws InvalidTargetException if the protocol has no introspection. By default
     */
    default ServiceDescription describe(PeerCaller caller) {
        throw new InvalidTargetException("this wire has no introspection");
    }

    /** Calls a method of the peer, without a namespace, and blocks until its result is there. */
    interface PeerCaller {
        /**
         * Calls.
         *
         * @throws dev.parley.RpcException if it fails
         */
        <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args);
    }

    /**
     * Reloads what can change while the client is in use, from the address that its supplier gives now. Does nothing by
     * default.
     *
     * @throws InvalidTargetException if the address is unusable; nothing changes then
     */
    default void reset(Address current) {}

    /**
     * Closes. Calls in flight fail with {@code ConnectionLostException}, also those that block. May be called more than
     * once.
     */
    @Override
    void close();
}
