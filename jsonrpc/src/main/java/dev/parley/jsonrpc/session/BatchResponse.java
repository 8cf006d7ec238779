package dev.parley.jsonrpc.session;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Collects the responses to a batch and sends them as one array, in the order of the requests, because jsonrpclib
 * assigns them by position. Thread-safe.
 */
final class BatchResponse {
    private final AtomicReferenceArray<byte[]> responses;
    private final AtomicInteger missing;
    private final AtomicLong size = new AtomicLong();
    private final long maxSize;
    private final Consumer<byte[]> out;

    BatchResponse(int count, long maxSize, Consumer<byte[]> out) {
        this.responses = new AtomicReferenceArray<>(count);
        this.missing = new AtomicInteger(count);
        this.maxSize = maxSize;
        this.out = out;
    }

    /** Puts one response into its place, or the small one instead if all together become too large. */
    void put(int place, byte[] response, Supplier<byte[]> tooLarge) {
        boolean fits = size.addAndGet(response.length) <= maxSize;
        if (!fits) {
            size.addAndGet(-response.length);
        }
        responses.set(place, fits ? response : tooLarge.get());
        // Below 0 if sending has failed, and this is the error of the last response, in its place.
        if (missing.decrementAndGet() <= 0) {
            send();
        }
    }

    private void send() {
        ByteArrayOutputStream all = new ByteArrayOutputStream((int) size.get() + responses.length() + 2);
        for (int i = 0; i < responses.length(); i++) {
            all.write(i == 0 ? '[' : ',');
            all.writeBytes(responses.get(i));
        }
        all.write(']');
        out.accept(all.toByteArray());
    }
}
