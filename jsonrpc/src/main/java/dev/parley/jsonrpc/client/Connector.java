package dev.parley.jsonrpc.client;

import dev.parley.RpcException;
import dev.parley.jsonrpc.session.Connection;
import org.jspecify.annotations.Nullable;

/** Opens connections to one peer. Thread-safe. */
interface Connector {
    /**
     * Opens a connection, without waiting for it.
     *
     * @param events is told, by one thread at a time, that it is open or failed, then what arrives, then its end
     */
    void connect(Events events);

    /** What happens to a connection. */
    interface Events {
        /** It is open. */
        void opened(Connection connection);

        /** It could not be opened. Nothing follows. */
        void failed(RpcException error);

        /** A message, {@code byte[]}, or a {@link dev.parley.jsonrpc.session.Problem}. */
        void received(Object message);

        /** What has arrived so far has been received. */
        void receivedAll();

        /** {@link Connection#isWritable} has changed. May be called by any thread. */
        void writabilityChanged();

        /** It has ended. */
        void lost(@Nullable Throwable cause);
    }
}
