package dev.parley.jsonrpc.session;

import dev.parley.net.socket.ConnectionMemory;
import java.security.Principal;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Session} needs of the connection that carries its messages: a socket, a pipe, a WebSocket. Thread-safe. */
public interface Connection {
    /**
     * Sends a message, after those sent before, without waiting.
     *
     * @param done is told when it is handed over to the system, or why not
     */
    void send(byte[] message, Consumer<@Nullable Throwable> done);

    /** Reads on, or pauses. Messages that have been read already may still come. */
    void read(boolean on);

    /** Whether not too much waits to be sent; {@link Session#writabilityChanged} tells of a change. */
    boolean isWritable();

    /** Runs a task soon, on the thread that brings the messages if that runs tasks, not within this call. */
    void execute(Runnable task);

    /** Whether the current thread is the one that brings the messages. */
    boolean isReader();

    /** Closes when what any thread has sent is written, without waiting. */
    void finish();

    /** Closes at once. The connection of a child process ends the child, and waits for it. */
    void close();

    /** What it holds of the memory for messages. What waits to be sent is charged by the connection itself. */
    ConnectionMemory memory();

    /** The network address of the peer; {@code null} if there is none. */
    @Nullable
    String remoteAddress();

    /** The authenticated peer; {@code null}, the default, if the transport does not authenticate. */
    default @Nullable Principal principal() {
        return null;
    }

    /** Headers and the like, names in lower case. By default none. */
    default Map<String, String> metadata() {
        return Map.of();
    }
}
