package dev.parley.spi;

import dev.parley.Address;

/** A bound address. Thread-safe; each method may be called more than once. */
public interface Listener extends AutoCloseable {
    /** The address as a client can use it: with the port really bound, and without options of a server alone, see {@link AddressOptions#forClients}. */
    Address address();

    /** Takes no new calls; those taken are still answered. Returns at once. */
    void stop();

    /** Re-reads what can change while it serves. Nothing by default. */
    default void reset() {}

    /** Closes connections and frees the port. */
    @Override
    void close();
}
