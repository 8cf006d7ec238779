package dev.parley.spi;

import org.jspecify.annotations.Nullable;

/**
 * A result or an item of a stream, still encoded. The engine decodes it once, on the thread of the caller where that
 * waits.
 */
@FunctionalInterface
public interface EncodedResult {
    /**
     * Decodes it into the type that the call asks for.
     *
     * @throws dev.parley.RpcException if it is malformed or not of the type
     */
    @Nullable
    Object decode(ResultReaders readers, ClientCall call);
}
