package dev.parley.oslo.notify;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What {@link Notifier#prepare} may change. Immutable. */
public final class NotifierOptions {
    private final String publisherId;
    private final List<String> topics;
    private final Duration deadline;

    /**
     * Options with all values.
     *
     * @throws IllegalArgumentException if there is no topic, an empty one, or a negative deadline
     */
    public NotifierOptions(String publisherId, List<String> topics, Duration deadline) {
        this.publisherId = Objects.requireNonNull(publisherId, "publisherId");
        this.topics = List.copyOf(topics);
        if (topics.isEmpty() || topics.contains("")) {
            throw new IllegalArgumentException("a notifier needs at least one topic, and none may be empty");
        }
        this.deadline = Objects.requireNonNull(deadline, "deadline");
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("the deadline must not be negative: " + deadline);
        }
    }

    /** Who publishes. */
    public String publisherId() {
        return publisherId;
    }

    /** The topics to publish to. */
    public List<String> topics() {
        return topics;
    }

    /** How long a notification may wait until the broker confirms it; see {@link Notifier.Builder#deadline}. */
    public Duration deadline() {
        return deadline;
    }

    /** A copy with this publisher. */
    public NotifierOptions withPublisherId(String id) {
        return new NotifierOptions(id, topics, deadline);
    }

    /** A copy with these topics. */
    public NotifierOptions withTopics(String... names) {
        return new NotifierOptions(publisherId, List.of(names), deadline);
    }

    /** A copy with this deadline. */
    public NotifierOptions withDeadline(Duration time) {
        return new NotifierOptions(publisherId, topics, time);
    }
}
