package dev.parley.jsonrpc.session;

import dev.parley.RpcClient;
import dev.parley.spi.MessageCharge;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sender of a message, as far as its transport knows it. Thread-safe. */
public interface Peer {
    /** The network address. */
    @Nullable
    String remoteAddress();

    /** The authenticated peer; {@code null} if the transport does not authenticate. */
    default @Nullable Principal principal() {
        return null;
    }

    /** What the message holds of the memory budget; {@code null} if its transport charges it otherwise. */
    default @Nullable MessageCharge charge() {
        return null;
    }

    /** Whether there is memory for a response of this size. */
    default boolean hasRoom(int bytes) {
        return true;
    }

    /** The peer cancels its request of this id, given as JSON text. */
    default void cancelled(String id) {}

    /**
     * Notes a call of the message for the access log, before its response.
     *
     * @param code the code of its error; {@code null} if it succeeded
     */
    default void called(String method, @Nullable Integer code) {}

    /** Notes that a call of the message fails since this side is overloaded, before its response. */
    default void overloaded() {}

    /** Headers and the like, names in lower case. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** A request cannot have a response: ends its sender's wait in another way. Must not throw. */
    void abandon(Throwable error);

    /** A client that calls the peer; {@code null} if its transport cannot. */
    default @Nullable RpcClient caller() {
        return null;
    }

    /** What identifies the connection on which {@link #caller} calls; {@code null} if its transport cannot. */
    default @Nullable Object connection() {
        return null;
    }
}
