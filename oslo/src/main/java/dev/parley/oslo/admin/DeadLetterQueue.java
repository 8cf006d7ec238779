package dev.parley.oslo.admin;

import static java.util.Objects.requireNonNull;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.driver.DeadLetterHeaders;
import dev.parley.oslo.driver.rabbit.QueueBrowser;
import dev.parley.oslo.message.MessageSummary;
import dev.parley.oslo.options.OsloOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a dead letter queue: lists them, puts them back where they came from, or drops them. Reads what
 * Parley's servers moved there ({@code dead_letter_queue}) and what the broker itself dead-lettered.
 *
 * <p>While a method runs, other readers of the queue do not see the messages; those that are left go back to their
 * places, marked as redelivered. A quorum queue counts that as a delivery. Immutable, and safe for use by any thread;
 * each method has a connection of its own.
 */
public final class DeadLetterQueue {
    private static final long MAX_SUMMARY_BYTES = 128L << 20;

    private final Address address;
    private final OsloOptions options;
    private final String queue;

    /**
     * A dead letter queue. Nothing is connected yet.
     *
     * @param transport the address of a client, {@code rabbit://user:password@host:port/virtual_host}
     * @param queue the name of the queue, {@code null} for the option {@code dead_letter_queue} of the address
     * @throws InvalidTargetException if the address is not one of a broker, or neither names a queue
     */
    public DeadLetterQueue(Address transport, @Nullable String queue) {
        this.address = requireNonNull(transport, "transport");
        if (!transport.scheme().equals("rabbit") && !transport.scheme().equals("kombu")) {
            throw new InvalidTargetException(
                    "dead letters are on a broker: expected a rabbit:// address, not " + transport.scheme());
        }
        this.options = OsloOptions.of(transport);
        String name = queue == null ? options.deadLetterQueue() : queue;
        if (name == null) {
            throw new InvalidTargetException("no dead letter queue: neither its name nor the option dead_letter_queue"
                    + " of the address is given");
        }
        this.queue = name;
    }

    /** The name of the queue. */
    public String queue() {
        return queue;
    }

    /**
     * A dead letter. Immutable.
     *
     * @param origin the queue that it came from, {@code null} if unknown
     * @param reason why it is here, such as {@code rejected} or {@code delivery_limit}; {@code null} if unknown
     * @param error what was wrong with it, {@code null} if unknown
     * @param method the method of a request, or the event type of a notification; {@code null} if it cannot be read
     * @param since when it was moved here, to the second; {@code null} if unknown
     * @param bytes the size of its body
     */
    public record DeadLetter(
            @Nullable String origin,
            @Nullable String reason,
            @Nullable String error,
            @Nullable String method,
            @Nullable Instant since,
            int bytes) {}

    /**
     * What became of the letters that the filter accepted. Immutable.
     *
     * @param moved how many were put back or dropped
     * @param withoutOrigin how many stay, since they do not say where they came from
     * @param unroutable how many stay, since the queue that they came from does not exist or refuses them
     */
    public record Outcome(int moved, int withoutOrigin, int unroutable) {
        /** How many stay in the dead letter queue although the filter accepts them. */
        public int left() {
            return withoutOrigin + unroutable;
        }
    }

    /**
     * The letters that a filter accepts, in the order of the queue.
     *
     * @param limit how many to return at most
     * @throws InvalidTargetException if there is no such queue
     * @throws dev.parley.RpcException if the broker cannot be reached
     */
    public List<DeadLetter> list(Predicate<? super DeadLetter> filter, int limit) {
        List<DeadLetter> found = new ArrayList<>();
        visit(filter, limit, (browser, entry, letter) -> found.add(letter));
        return found;
    }

    /**
     * Puts the letters that a filter accepts back into the queues that they came from, without the marks of a dead
     * letter, so that a server takes them as if they were new. A letter leaves the dead letter queue when the broker
     * has confirmed its copy; if the connection breaks in between, it may be in both.
     *
     * @param limit how many to put back at most
     * @throws InvalidTargetException if there is no such queue
     * @throws dev.parley.RpcException if the broker cannot be reached
     */
    public Outcome putBack(Predicate<? super DeadLetter> filter, int limit) {
        int[] counts = new int[3];
        visit(filter, limit, (browser, entry, letter) -> {
            String origin = letter.origin();
            counts[origin == null ? 1 : browser.move(entry, origin) ? 0 : 2]++;
        });
        return new Outcome(counts[0], counts[1], counts[2]);
    }

    /**
     * Drops the letters that a filter accepts.
     *
     * @param limit how many to drop at most
     * @throws InvalidTargetException if there is no such queue
     * @throws dev.parley.RpcException if the broker cannot be reached
     */
    public Outcome drop(Predicate<? super DeadLetter> filter, int limit) {
        int[] dropped = new int[1];
        visit(filter, limit, (browser, entry, letter) -> {
            browser.drop(entry);
            dropped[0]++;
        });
        return new Outcome(dropped[0], 0, 0);
    }

    private interface Visitor {
        void visit(QueueBrowser browser, QueueBrowser.Entry entry, DeadLetter letter);
    }

    private void visit(Predicate<? super DeadLetter> filter, int limit, Visitor visitor) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        try (QueueBrowser browser = QueueBrowser.open(address, options, queue)) {
            int accepted = 0;
            // No more than there are now: what is put back may be dead-lettered again.
            for (int left = browser.count(); left > 0 && accepted < limit; left--) {
                QueueBrowser.Entry entry = browser.next();
                if (entry == null) {
                    return;
                }
                DeadLetter letter = letter(entry);
                if (filter.test(letter)) {
                    accepted++;
                    visitor.visit(browser, entry, letter);
                }
            }
        }
    }

    private static DeadLetter letter(QueueBrowser.Entry entry) {
        Map<String, Object> headers = entry.headers();
        MessageSummary message = MessageSummary.read(entry.delivery(), MAX_SUMMARY_BYTES);
        return new DeadLetter(
                text(headers.get(DeadLetterHeaders.ORIGIN)),
                text(headers.get(DeadLetterHeaders.REASON)),
                text(headers.get(DeadLetterHeaders.ERROR)),
                message.method() == null ? message.eventType() : message.method(),
                since(headers),
                entry.delivery().body().length);
    }

    private static @Nullable String text(@Nullable Object header) {
        return header == null ? null : header.toString();
    }

    /** Parley's own header, otherwise the time of the first of the deaths that RabbitMQ lists, the latest one first. */
    private static @Nullable Instant since(Map<String, Object> headers) {
        if (headers.get(DeadLetterHeaders.TIME) instanceof Date time) {
            return time.toInstant();
        }
        return headers.get("x-death") instanceof List<?> deaths
                        && !deaths.isEmpty()
                        && deaths.getLast() instanceof Map<?, ?> first
                        && first.get("time") instanceof Date time
                ? time.toInstant()
                : null;
    }
}
