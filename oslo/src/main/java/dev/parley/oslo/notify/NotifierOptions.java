package dev.parley.oslo.notify;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What {@link Notifier#prepare} may change. Immutable. */
public final class NotifierOptions {
    private final String publisherId;
    private final List<String> topics;
    private final Duration deadline;

    /** Options with all values. */
    public NotifierOptions(String publisherId, List<String> topics, Duration deadline) {
        this.publisherId = Objects.requireNonNull(publisherId, "publisherId");
        this.topics = List.copyOf(topics);
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

    /** How long a notification may wait until the broker confirms it; zero means that it is sent now or not at all. */
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
