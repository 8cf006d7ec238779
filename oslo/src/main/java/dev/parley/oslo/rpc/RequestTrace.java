package dev.parley.oslo.rpc;

import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.topology.Exchange;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where a message went and what became of it there, as far as is known, for the message of a timeout. Thread-safe. */
final class RequestTrace {
    private final Exchange exchange;
    private final String key;
    private final Driver driver;
    private final QueueProbe probe;
    private volatile boolean confirmed;
    private volatile @Nullable Boolean routed;
    private volatile @Nullable CompletableFuture<@Nullable QueueState> state;

    RequestTrace(Exchange exchange, String key, Driver driver, QueueProbe probe) {
        this.exchange = exchange;
        this.key = key;
        this.driver = driver;
        this.probe = probe;
    }

    Exchange exchange() {
        return exchange;
    }

    String key() {
        return key;
    }

    /** The broker has confirmed the message. */
    void confirmed(OutboundMessage message) {
        routed = message.isRouted();
        confirmed = true;
    }

    /** Asks the broker about the queue of the servers, for {@link #explanation}. Does not block. */
    void expiring() {
        if (confirmed) {
            state = probe.look(key);
        }
    }

    /** What is known. Does not block. */
    String explanation() {
        String where = "exchange '" + exchange.name() + "' with routing key '" + key + "'";
        if (!confirmed) {
            String obstacle = driver.obstacle();
            return "the broker has not confirmed the message to " + where + (obstacle == null ? "" : "; " + obstacle);
        }
        CompletableFuture<@Nullable QueueState> asked = state;
        QueueState queue = asked == null ? null : asked.getNow(null);
        if (Boolean.FALSE.equals(routed)) {
            return "no queue is bound to " + where + ", so the request was lost" + otherwiseBound(queue);
        }
        return "the request went to " + where + (queue == null ? "" : "; " + consumed(queue));
    }

    private String otherwiseBound(@Nullable QueueState queue) {
        if (queue == null) {
            return "";
        }
        return queue.exists()
                ? "; queue '" + key + "' exists, with " + count(queue.consumers(), "consumer")
                        + ", but is bound to another exchange"
                : "; there is no queue '" + key + "'";
    }

    private String consumed(QueueState queue) {
        if (!queue.exists()) {
            return "there is no queue '" + key + "' any more";
        } else if (queue.consumers() == 0) {
            return "queue '" + key + "' has no consumer, so no server takes requests from it";
        }
        return "queue '" + key + "' has " + count(queue.consumers(), "consumer") + ", and "
                + (queue.messages() == 0
                        ? "no request waits in it: a server has taken this one"
                        : count(queue.messages(), "request") + " in it to be taken by a server");
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
