package dev.parley.oslo.notify.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.NotifierCounts;
import dev.parley.oslo.notify.NotifierOptions;
import dev.parley.oslo.notify.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A notifier that keeps what it gets, for what a real one does not show: blocking, failing, and who calls it. */
final class RecordingNotifier implements Notifier {
    private static final JsonMapper JSON = new JsonMapper();

    final BlockingQueue<Notification<JsonNode>> sent = new LinkedBlockingQueue<>();
    volatile Consumer<String> onSend = event -> {};
    volatile boolean closed;

    private final Map<String, Object> context;
    private final RecordingNotifier parent;

    RecordingNotifier() {
        this(Map.of(), null);
    }

    private RecordingNotifier(Map<String, Object> context, RecordingNotifier parent) {
        this.context = context;
        this.parent = parent == null ? this : parent;
    }

    /** The next notification, once it is there. */
    Notification<JsonNode> next() throws InterruptedException {
        Notification<JsonNode> next = sent.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("a notification").isNotNull();
        return next;
    }

    @Override
    public void send(Priority priority, String eventType, Object payload) {
        parent.onSend.accept(eventType);
        parent.sent.add(
                new Notification<>("", "test", eventType, priority, Instant.now(), JSON.valueToTree(payload), context));
    }

    @Override
    @SuppressWarnings("unchecked")
    public Notifier with(Map<String, ?> values) {
        return new RecordingNotifier((Map<String, Object>) values, parent);
    }

    @Override
    public Notifier with(Object values) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Notifier prepare(UnaryOperator<NotifierOptions> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isEnabled() {
        return true;
    }

    @Override
    public NotifierCounts counts() {
        return new NotifierCounts(sent.size(), 0, 0, 0);
    }

    @Override
    public boolean flush(Duration timeout) {
        return true;
    }

    @Override
    public void reset() {}

    @Override
    public void close() {
        closed = true;
    }
}
