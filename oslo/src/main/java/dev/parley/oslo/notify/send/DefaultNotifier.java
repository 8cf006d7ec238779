package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.NotifierCounts;
import dev.parley.oslo.notify.NotifierOptions;
import dev.parley.oslo.notify.Priority;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A notifier: its options and its context on a shared core. Thread-safe. */
final class DefaultNotifier implements Notifier {
    private final NotifierCore core;
    private final NotifierOptions options;
    private final Map<String, @Nullable Object> context;
    private final Function<Object, Map<String, @Nullable Object>> properties;
    private final boolean owner;

    private DefaultNotifier(
            NotifierCore core,
            NotifierOptions options,
            Map<String, @Nullable Object> context,
            Function<Object, Map<String, @Nullable Object>> properties,
            boolean owner) {
        this.core = core;
        this.options = options;
        this.context = context;
        this.properties = properties;
        this.owner = owner;
    }

    /**
     * A notifier that owns the core.
     *
     * @param properties reads the properties of an object
     */
    static DefaultNotifier of(
            NotifierCore core, NotifierOptions options, Function<Object, Map<String, @Nullable Object>> properties) {
        return new DefaultNotifier(core, options, Map.of(), properties, true);
    }

    @Override
    public void send(Priority priority, String eventType, @Nullable Object payload) {
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(eventType, "eventType");
        core.send(options, context, priority, eventType, payload);
    }

    @Override
    public Notifier with(Map<String, ? extends @Nullable Object> values) {
        Map<String, @Nullable Object> copy = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        return new DefaultNotifier(core, options, copy, properties, false);
    }

    @Override
    public Notifier with(Object values) {
        Objects.requireNonNull(values, "context");
        return with(properties.apply(values));
    }

    @Override
    public Notifier prepare(UnaryOperator<NotifierOptions> change) {
        return new DefaultNotifier(core, change.apply(options), context, properties, false);
    }

    @Override
    public boolean isEnabled() {
        return core.isEnabled();
    }

    @Override
    public NotifierCounts counts() {
        return core.counts();
    }

    @Override
    public boolean flush(Duration timeout) throws InterruptedException {
        return core.flush(timeout);
    }

    @Override
    public void reset() {
        core.reset();
    }

    @Override
    public void close() {
        if (owner) {
            core.close();
        }
    }
}
