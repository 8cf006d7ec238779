package dev.parley.jsonrpc;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Collects the answers to a batch and sends them as one array, in the order of the requests: jsonrpclib takes them by position. Thread-safe.
 */
final class BatchAnswer {
    private final AtomicReferenceArray<byte[]> answers;
    private final AtomicInteger missing;
    private final AtomicLong size = new AtomicLong();
    private final long maxSize;
    private final Consumer<byte[]> out;

    BatchAnswer(int count, long maxSize, Consumer<byte[]> out) {
        this.answers = new AtomicReferenceArray<>(count);
        this.missing = new AtomicInteger(count);
        this.maxSize = maxSize;
        this.out = out;
    }

    /** Puts one answer into its place, or the small one instead if all together become too large. */
    void put(int place, byte[] answer, Supplier<byte[]> tooLarge) {
        boolean fits = size.addAndGet(answer.length) <= maxSize;
        if (!fits) {
            size.addAndGet(-answer.length);
        }
        answers.set(place, fits ? answer : tooLarge.get());
        if (missing.decrementAndGet() == 0) {
            send();
        }
    }

    private void send() {
        ByteArrayOutputStream all = new ByteArrayOutputStream((int) size.get() + answers.length() + 2);
        for (int i = 0; i < answers.length(); i++) {
            all.write(i == 0 ? '[' : ',');
            all.writeBytes(answers.get(i));
        }
        all.write(']');
        out.accept(all.toByteArray());
    }
}
