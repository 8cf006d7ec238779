package dev.parley.jsonrpc;

import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who sent a message, as its transport knows. */
interface Peer {
    /** The network address. */
    @Nullable
    String remoteAddress();

    /** Who it is, if the transport authenticated it. */
    default @Nullable Principal principal() {
        return null;
    }

    /** The peer gives up its request of this id, given as JSON text. */
    default void cancelled(String id) {}

    /** Headers and the like, names in lower case. */
    default Map<String, String> metadata() {
        return Map.of();
    }
}
