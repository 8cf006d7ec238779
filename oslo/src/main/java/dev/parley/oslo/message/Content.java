package dev.parley.oslo.message;

import org.jspecify.annotations.Nullable;

/**
 * The body of an AMQP message and the properties that are needed to read it. Implementations are immutable, and safe
 * for use by any thread.
 */
public interface Content {
    /** The body as it was received. Must not be modified. */
    byte[] body();

    /** The content type, {@code null} if the sender set none. */
    @Nullable
    String contentType();

    /** The character encoding of the body, {@code null} if the sender set none. */
    @Nullable
    String contentEncoding();

    /** The header {@code compression}, {@code null} if the body is not compressed. */
    @Nullable
    String compression();
}
