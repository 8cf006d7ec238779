package dev.parley.jsonrpc.session;

import dev.parley.spi.ClientCall;
import dev.parley.spi.ResponseListener;
import java.util.List;

/** An encoded message of one call or several, and who waits for the responses. Immutable. */
public final class Outgoing {
    /** The text; empty if there is nothing to send. */
    final byte[] message;

    final List<Part> parts;
    /** Whether it is an array. */
    final boolean batch;

    /**
     * A call.
     *
     * @param id of the request; {@link dev.parley.jsonrpc.message.Ids#NONE} for a notification
     */
    record Part(long id, ClientCall call, ResponseListener listener) {}

    Outgoing(byte[] message, List<Part> parts, boolean batch) {
        this.message = message;
        this.parts = parts;
        this.batch = batch;
    }
}
