package dev.parley.spi;

import dev.parley.Address;

/** A bound address. Thread-safe; each method may be called more than once. */
public interface Listener extends AutoCloseable {
    /**
     * The address as a client can use it: with the port that is bound, and without options that only a server knows;
     * see {@link AddressOptions#forClients}.
     */
    Address address();

    /**
     * Whether calls can arrive now. {@code false} while a wire behind a broker has no connection to it. By default
     * always.
     */
    default boolean isReady() {
        return true;
    }

    /**
     * Whether anybody on the network may call: it listens beyond this machine and asks for no credentials. By default
     * not.
     */
    default boolean isOpenToAll() {
        return false;
    }

    /** Accepts no new calls; accepted calls still get their response. Returns at once. */
    void stop();

    /**
     * Reloads what can change while the listener serves. A listener with TLS calls {@link ServerContext#tls} again and
     * uses the new context for new connections; existing connections keep theirs. If the new context is unusable, the
     * listener throws and keeps the old one. Does nothing by default.
     */
    default void reset() {}

    /**
     * As {@link #reset()}, with the address that the server's supplier gives now, which may differ in its options and
     * hosts. What changes while the listener serves is up to the wire, which logs the rest. By default calls
     * {@link #reset()}.
     *
     * @throws dev.parley.InvalidTargetException if the address is unusable; nothing changes then
     */
    default void reset(Address current) {
        reset();
    }

    /** Closes the connections and frees the port. */
    @Override
    void close();
}
