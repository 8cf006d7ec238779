package dev.parley.oslo.topology;

import dev.parley.InvalidTargetException;
import dev.parley.spi.AddressOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The exchanges and queues of oslo.messaging, attribute by attribute as oslo.messaging's rabbit driver declares them
 * ({@code impl_rabbit.py}). Immutable, and safe for use by any thread.
 *
 * @param durable {@code amqp_durable_queues}: topic exchanges and queues survive a restart of the broker
 * @param autoDelete {@code amqp_auto_delete}: they are deleted with their last user
 * @param mirrored {@code rabbit_ha_queues}: queues request mirrors, which RabbitMQ has ignored since 3.0
 * @param quorum {@code rabbit_quorum_queue}: topic queues are quorum queues, and durable
 * @param transientQuorum {@code rabbit_transient_quorum_queue}: reply and fanout queues are quorum queues, and durable
 * @param deliveryLimit {@code rabbit_quorum_delivery_limit}: how many times a quorum queue delivers a message, 0 for
 *     its default
 * @param maxMemoryLength {@code rabbit_quorum_max_memory_length}: how many messages a quorum queue keeps in memory, 0
 *     for its default
 * @param maxMemoryBytes {@code rabbit_quorum_max_memory_bytes}: the same in bytes
 * @param transientTtl {@code rabbit_transient_queues_ttl}: how long an unused reply or fanout queue is kept, zero for
 *     forever
 * @param cancelOnFailover {@code enable_cancel_on_failover}: consumers are cancelled when a mirror fails over
 * @param replyExchange {@code reply_exchange}: the reply queue is also bound to an exchange of its own name, where
 *     servers from before 2019 send their replies
 * @param streamFanout {@code rabbit_stream_fanout}: all servers of a topic read fanouts from one stream
 */
public record Topology(
        boolean durable,
        boolean autoDelete,
        boolean mirrored,
        boolean quorum,
        boolean transientQuorum,
        int deliveryLimit,
        int maxMemoryLength,
        int maxMemoryBytes,
        Duration transientTtl,
        boolean cancelOnFailover,
        boolean replyExchange,
        boolean streamFanout) {
    private static final long MAX_TTL_MILLIS = 4_294_967_000L;
    /** The start of the name of a queue for a listener that only watches. */
    public static final String WATCH_PREFIX = "parley_watch_";

    private static final int WATCH_EXPIRES_MILLIS = 60_000;
    private static final int WATCH_LENGTH = 10_000;
    /** Arguments that RabbitMQ refuses on quorum queues. */
    private static final Set<String> CLASSIC_ARGUMENTS = Set.of("x-max-priority", "x-queue-mode", "x-queue-version");

    public Topology {
        if (mirrored && (quorum || transientQuorum)) {
            throw new InvalidTargetException("options rabbit_ha_queues and "
                    + (quorum ? "rabbit_quorum_queue" : "rabbit_transient_quorum_queue") + " are mutually exclusive");
        }
    }

    /**
     * Reads the options of an address.
     *
     * @throws InvalidTargetException if one is out of range
     */
    public static Topology of(AddressOptions options) {
        return new Topology(
                options.flag("amqp_durable_queues", false),
                options.flag("amqp_auto_delete", false),
                options.flag("rabbit_ha_queues", false),
                options.flag("rabbit_quorum_queue", false),
                options.flag("rabbit_transient_quorum_queue", false),
                options.integer("rabbit_quorum_delivery_limit", 0, 0, Integer.MAX_VALUE),
                eitherName(options, "rabbit_quorum_max_memory_length", "rabbit_quroum_max_memory_length"),
                eitherName(options, "rabbit_quorum_max_memory_bytes", "rabbit_quroum_max_memory_bytes"),
                transientTtl(options),
                options.flag("enable_cancel_on_failover", false),
                options.flag("reply_exchange", false),
                options.flag("rabbit_stream_fanout", false));
    }

    /** Two options were misspelled until 2024; both spellings are in use. */
    private static int eitherName(AddressOptions options, String name, String misspelled) {
        return options.integer(name, options.integer(misspelled, 0, 0, Integer.MAX_VALUE), 0, Integer.MAX_VALUE);
    }

    /** The topic exchange of this name, for everything but fanouts. */
    public Exchange topicExchange(String name) {
        return new Exchange(name, "topic", durable || quorum, autoDelete);
    }

    /** The exchange for fanouts to the servers of a topic. */
    public Exchange fanoutExchange(String topic) {
        return new Exchange(topic + "_fanout", "fanout", transientQuorum, true);
    }

    /** The queue that the servers of a topic share. */
    public Queue topicQueue(Exchange exchange, String topic) {
        return new Queue(topic, durable || quorum, autoDelete, topicArguments(), exchange, topic);
    }

    /** The queue of a notification topic and priority; its arguments are those of a topic queue and these. */
    public Queue notificationQueue(Exchange exchange, String name, Map<String, Object> arguments) {
        return notificationPool(exchange, name, List.of(name), arguments);
    }

    /** The queue of a pool of notification listeners, which gets a copy of what these routing keys get. */
    public Queue notificationPool(Exchange exchange, String pool, List<String> keys, Map<String, Object> arguments) {
        Map<String, Object> all = topicArguments();
        all.putAll(arguments);
        return new Queue(pool, durable || quorum, autoDelete, all, exchange, keys);
    }

    /** The queue of one notification listener, which gets a copy of what these routing keys get while it is there. */
    public Queue watchQueue(Exchange exchange, String suffix, List<String> keys) {
        return new Queue(
                WATCH_PREFIX + suffix,
                durable || quorum,
                false,
                Map.of("x-expires", WATCH_EXPIRES_MILLIS, "x-max-length", WATCH_LENGTH),
                exchange,
                keys);
    }

    /** The queue of one server. */
    public Queue serverQueue(Exchange exchange, String topic, String server) {
        return topicQueue(exchange, topic + "." + server);
    }

    /** The queue of one server for fanouts; with {@code rabbit_stream_fanout} the stream that all servers read. */
    public Queue fanoutQueue(String topic, String suffix) {
        if (streamFanout) {
            return new Queue(topic + "_fanout", true, false, streamArguments(), fanoutExchange(topic), topic);
        }
        return new Queue(
                topic + "_fanout_" + suffix,
                transientQuorum,
                false,
                transientArguments(),
                fanoutExchange(topic),
                topic);
    }

    /** The queue of one client for its replies. */
    public Queue replyQueue(String suffix) {
        String name = "reply_" + suffix;
        Exchange exchange = replyExchange ? new Exchange(name, "direct", false, true) : Exchange.DEFAULT;
        return new Queue(name, transientQuorum, false, transientArguments(), exchange, name);
    }

    /**
     * What is declared instead of a queue on a broker that denies queues that are neither durable nor exclusive: a
     * quorum queue, which is what Python's peers must use there ({@code rabbit_quorum_queue} and
     * {@code rabbit_transient_quorum_queue}), or a durable classic one if it needs what quorum queues lack.
     */
    public Queue toDurable(Queue queue) {
        Map<String, Object> arguments = new HashMap<>(queue.arguments());
        if (!queue.durable()
                && !queue.autoDelete()
                && !arguments.containsKey("x-queue-type")
                && Collections.disjoint(arguments.keySet(), CLASSIC_ARGUMENTS)) {
            arguments.remove("x-ha-policy");
            quorumArguments(arguments);
        }
        return new Queue(queue.name(), true, queue.autoDelete(), arguments, toDurable(queue.exchange()), queue.keys());
    }

    /** The exchange of such a queue: durable, except that of {@code reply_exchange}, which older peers declare too. */
    public Exchange toDurable(Exchange exchange) {
        return exchange.type().equals("direct")
                ? exchange
                : new Exchange(exchange.name(), exchange.type(), true, exchange.autoDelete());
    }

    /** The arguments of a consumer. */
    public Map<String, Object> consumerArguments() {
        return cancelOnFailover ? Map.of("x-cancel-on-ha-failover", true) : Map.of();
    }

    private Map<String, Object> streamArguments() {
        return transientTtl.isZero()
                ? Map.of("x-queue-type", "stream")
                : Map.of("x-queue-type", "stream", "x-max-age", transientTtl.toSeconds() + "s");
    }

    private static Duration transientTtl(AddressOptions options) {
        Duration ttl = options.seconds("rabbit_transient_queues_ttl", Duration.ofMinutes(30));
        if (ttl.toMillis() > MAX_TTL_MILLIS) {
            throw new InvalidTargetException("option rabbit_transient_queues_ttl must be at most "
                    + MAX_TTL_MILLIS / 1000 + ", the maximum of RabbitMQ");
        }
        return ttl;
    }

    private Map<String, Object> topicArguments() {
        Map<String, Object> arguments = new HashMap<>();
        if (mirrored) {
            arguments.put("x-ha-policy", "all");
        }
        if (quorum) {
            quorumArguments(arguments);
        }
        return arguments;
    }

    private Map<String, Object> transientArguments() {
        Map<String, Object> arguments = new HashMap<>();
        if (mirrored) {
            arguments.put("x-ha-policy", "all");
        }
        if (!transientTtl.isZero()) {
            long millis = transientTtl.toMillis();
            // As Python's AMQP library encodes it: an int if it fits.
            arguments.put("x-expires", millis <= Integer.MAX_VALUE ? (Number) (int) millis : (Number) millis);
        }
        if (transientQuorum) {
            quorumArguments(arguments);
        }
        return arguments;
    }

    private void quorumArguments(Map<String, Object> arguments) {
        arguments.put("x-queue-type", "quorum");
        if (deliveryLimit > 0) {
            arguments.put("x-delivery-limit", deliveryLimit);
        }
        if (maxMemoryLength > 0) {
            arguments.put("x-max-in-memory-length", maxMemoryLength);
        }
        if (maxMemoryBytes > 0) {
            arguments.put("x-max-in-memory-bytes", maxMemoryBytes);
        }
    }
}
