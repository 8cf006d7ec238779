package dev.parley.internal.server;

import dev.parley.RpcTimeoutException;
import dev.parley.spi.Decoding;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.MeteredParser;
import dev.parley.spi.ServerCall;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * Decodes the arguments of a large message in its turn, and charges what they become until the call is complete.
 * Confined to the thread of the call, but for {@link #close}.
 */
final class LargeArguments implements AutoCloseable {
    private final ServerCall call;
    private final MessageCharge charge;
    private final Decoding decoding;
    private @Nullable MeteredParser parser;

    private LargeArguments(ServerCall call, MemoryBudget budget) {
        this.call = call;
        this.charge = MessageCharge.of(budget);
        this.decoding = Decoding.of(charge, nanosLeft(call));
    }

    /** Those of this call; {@code null} if it is small. */
    static @Nullable LargeArguments of(ServerCall call) {
        return isLarge(call) ? new LargeArguments(call, MemoryBudget.process()) : null;
    }

    /** Whether a call is too large to be decoded on an event loop. */
    static boolean isLarge(ServerCall call) {
        return call.messageBytes() > LargeMessages.LARGE;
    }

    private static long nanosLeft(ServerCall call) {
        Instant deadline = call.deadline();
        return deadline == null
                ? Long.MAX_VALUE
                : Duration.between(Instant.now(), deadline).toNanos();
    }

    /**
     * Waits for the turn of the message, and opens its arguments.
     *
     * @throws dev.parley.OverloadedException if there is no memory for them
     * @throws RpcTimeoutException if the caller is gone or the deadline passes first
     */
    @Nullable
    JsonParser open() {
        try {
            decoding.take(call.messageBytes());
        } catch (CancellationException e) {
            throw new RpcTimeoutException(call.method() + " was not run: " + e.getMessage());
        }
        JsonParser arguments = call.arguments();
        if (arguments == null) {
            return null;
        }
        parser = new MeteredParser(arguments, decoding, this::check);
        return parser;
    }

    private void check() {
        if (call.isCancelled()) {
            throw new RpcTimeoutException("the caller of " + call.method() + " is gone");
        }
    }

    /** What decoding has failed with. */
    RuntimeException cause(RuntimeException error) {
        return parser == null ? error : parser.cause(error);
    }

    /** The turn ends. */
    void decoded() {
        decoding.close();
    }

    /** The method begins: what it works with cannot be given back before it ends. */
    void keep() {
        charge.pin();
    }

    /** Gives back what was charged. */
    @Override
    public void close() {
        charge.close();
    }
}
