package dev.parley.oslo.notify.receive;

import dev.parley.RpcException;
import dev.parley.oslo.driver.DeadLetterHeaders;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.ReceivedNotification;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.NotificationResult;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationDelivery;
import dev.parley.spi.PeerLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles notifications: decodes them, calls the methods of all endpoints that want them, and settles them.
 * Thread-safe; works on the thread that calls it.
 */
final class Worker {
    private static final Logger log = LoggerFactory.getLogger(NotificationListener.class);
    private static final PeerLog faults = new PeerLog(log);

    /**
     * A quorum queue also counts deliveries that ended with the connection or the process. So many are not an accident:
     * the notification seems to crash its listeners.
     */
    private static final int MAX_CRASHES = 20;

    private final ListenerSettings settings;
    private final Codec codec;
    private final Tally tally;

    Worker(ListenerSettings settings, Codec codec, Tally tally) {
        this.settings = settings;
        this.codec = codec;
        this.tally = tally;
    }

    /** Handles some notifications in this order. */
    void handle(List<NotificationDelivery> deliveries) {
        List<Event> batch = new ArrayList<>(deliveries.size());
        for (NotificationDelivery delivery : deliveries) {
            // If its connection is lost, it is on its way to this listener or another one already.
            Event event = delivery.isCurrent() ? event(delivery) : null;
            if (event == null) {
                continue;
            }
            if (!batch.isEmpty() && !together(batch.getLast(), event)) {
                handleBatch(batch);
                batch = new ArrayList<>();
            }
            batch.add(event);
        }
        if (!batch.isEmpty()) {
            handleBatch(batch);
        }
    }

    /**
     * Whether two notifications may be in one batch: they have the same handlers, and neither was in a batch that
     * failed, so that one that nobody can handle does not take others with it for ever.
     */
    private boolean together(Event one, Event other) {
        return handlers(one).equals(handlers(other))
                && one.delivery().redeliveries() == 0
                && other.delivery().redeliveries() == 0;
    }

    private List<Handler> handlers(Event event) {
        return settings.handlers().getOrDefault(event.priority(), List.of());
    }

    /** Decodes a notification; {@code null} if it is settled already because there is nothing to call. */
    private @Nullable Event event(NotificationDelivery delivery) {
        try {
            ReceivedNotification message = ReceivedNotification.parse(codec.open(delivery), codec.mapper());
            Priority priority = Priority.of(message.priority());
            if (priority == null) {
                faults.warn(null, "unknown priority '{}' of notification {}", message.priority(), message.eventType());
                handled(delivery);
                return null;
            }
            Event event = new Event(delivery, message, priority, codec.mapper(), settings.serializer());
            if (handlers(event).isEmpty()) {
                log.debug("no endpoint for {}", event);
                handled(delivery);
                return null;
            }
            int redeliveries = delivery.redeliveries();
            if (redeliveries > Math.max(MAX_CRASHES, settings.retries().limit())) {
                fail(
                        delivery,
                        event.toString(),
                        DeadLetterHeaders.DELIVERY_LIMIT,
                        "delivered " + redeliveries + " times in vain");
                return null;
            }
            return event;
        } catch (RpcException e) {
            fail(delivery, "a malformed notification", DeadLetterHeaders.REJECTED, String.valueOf(e.getMessage()));
            return null;
        } catch (RuntimeException e) {
            retry(delivery, "a notification", e);
            return null;
        }
    }

    private void handleBatch(List<Event> events) {
        List<Handler> handlers = handlers(events.getFirst());
        List<Event> batch = new ArrayList<>(events.size());
        List<List<Object>> arguments = new ArrayList<>(handlers.size());
        handlers.forEach(handler -> arguments.add(new ArrayList<>()));
        for (Event event : events) {
            // All arguments come before the first call: what does not fit one endpoint is not handled by half.
            if (bind(event, handlers, arguments)) {
                batch.add(event);
            }
        }
        for (int i = 0; i < handlers.size(); i++) {
            if (!arguments.get(i).isEmpty() && !call(handlers.get(i), arguments.get(i), batch)) {
                return;
            }
        }
        batch.forEach(event -> handled(event.delivery()));
    }

    private void handled(NotificationDelivery delivery) {
        delivery.acknowledge();
        tally.handled().increment();
    }

    private boolean bind(Event event, List<Handler> handlers, List<List<Object>> arguments) {
        List<@Nullable Object> bound = new ArrayList<>(handlers.size());
        try {
            for (Handler handler : handlers) {
                bound.add(event.matches(handler.filter()) ? handler.binding().bind(event) : null);
            }
        } catch (RpcException e) {
            fail(event.delivery(), event.toString(), DeadLetterHeaders.REJECTED, String.valueOf(e.getMessage()));
            return false;
        } catch (RuntimeException e) {
            retry(event.delivery(), event.toString(), e); // Of the serializer.
            return false;
        }
        for (int i = 0; i < handlers.size(); i++) {
            Object argument = bound.get(i);
            if (argument != null) {
                arguments.get(i).add(argument);
            }
        }
        return true;
    }

    /** Calls a handler; {@code false} if the notifications are settled, and no further handler is to be called. */
    private boolean call(Handler handler, List<Object> arguments, List<Event> batch) {
        Throwable error = null;
        try {
            Object result = handler.invocation().call(arguments);
            if (result instanceof CompletionStage<?> stage) {
                result = stage.toCompletableFuture().get();
            }
            if (result != NotificationResult.REQUEUE) {
                return true;
            }
        } catch (Throwable e) {
            error = unwrap(e);
        }
        for (Event event : batch) {
            retry(event.delivery(), event + " in " + handler.name(), error);
        }
        return false;
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable error = thrown;
        while ((error instanceof CompletionException || error instanceof ExecutionException)
                && error.getCause() != null) {
            error = error.getCause();
        }
        return error;
    }

    /**
     * Requeues a notification that could not be handled, or gives it up.
     *
     * @param error what a method has thrown, {@code null} if it asked for that
     */
    private void retry(NotificationDelivery delivery, String what, @Nullable Throwable error) {
        int redeliveries = delivery.redeliveries();
        int limit = settings.retries().limit();
        if (redeliveries >= limit) {
            String reason = error == null ? "requeued by its endpoint" : error.toString();
            if (error != null) {
                faults.error(null, "failed to handle {}", what, error);
            }
            fail(delivery, what, limit == 0 ? DeadLetterHeaders.REJECTED : DeadLetterHeaders.DELIVERY_LIMIT, reason);
            return;
        }
        Duration delay = settings.retries().delay(redeliveries);
        if (error == null) {
            log.info("requeueing {}: redelivery {} of {} follows in {}", what, redeliveries + 1, limit, delay);
        } else {
            faults.warn(
                    null,
                    "failed to handle {}: redelivery {} of {} follows in {}",
                    what,
                    redeliveries + 1,
                    limit,
                    delay,
                    error);
        }
        delivery.requeue(delay);
        tally.requeued().increment();
    }

    private void fail(NotificationDelivery delivery, String what, String reason, String error) {
        if (settings.dropFailed()) {
            faults.warn(null, "dropped {}: {}", what, error);
            delivery.acknowledge();
            tally.dropped().increment();
        } else {
            faults.warn(null, "dead-lettered {}: {}", what, error);
            delivery.deadLetter(reason, error);
            tally.deadLettered().increment();
        }
    }
}
