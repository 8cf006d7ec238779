package dev.parley.jsonrpc.client;

import dev.parley.ConnectionLostException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens streams to one peer. Thread-safe. */
interface Connector {
    /**
     * Opens a stream, without waiting for it.
     *
     * @param events is told, by one thread at a time, that it is open or failed, then what arrives, then its end
     */
    void connect(Events events);

    /** An open stream. Thread-safe. */
    interface Connection {
        /**
         * Sends a message, after those sent before, without waiting.
         *
         * @param done is told when it is handed over to the system, or why not
         */
        void send(byte[] message, Consumer<@Nullable Throwable> done);

        /** Ends the stream; that of a child process ends the child, and waits for it. */
        void close();
    }

    /** What happens to a stream. */
    interface Events {
        /** It is open. */
        void opened(Connection connection);

        /** It could not be opened. Nothing follows. */
        void failed(ConnectionLostException error);

        /** A message, or a {@link dev.parley.jsonrpc.stream.FrameDecoder.Problem}. */
        void received(Object message);

        /** It has ended. */
        void lost(@Nullable Throwable cause);
    }
}
