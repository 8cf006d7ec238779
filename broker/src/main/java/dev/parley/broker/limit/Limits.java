package dev.parley.broker.limit;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What the broker grants to clients at most, and what it proposes to them. The values are checked where users set them,
 * in {@code BrokerBuilder}. Immutable; the {@code with} methods return changed copies.
 */
public final class Limits {
    private static final Limits DEFAULTS = new Limits(new Values());
    private static final long MIN_DEBTS = 8 << 20;
    private static final int MAX_CHANNELS = 2047;
    private static final int MAX_FRAME_SIZE = 131_072;
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    /** Not changed any more. */
    private final Values values;

    private Limits(Values values) {
        this.values = values;
    }

    /** The values, while a copy is changed. */
    private static final class Values {
        private int heartbeatSeconds = 60;
        private long maxMessageSize = 128L << 20;
        private long memory = Math.max(1, Runtime.getRuntime().maxMemory() * 4 / 10);
        private long queueMemory;
        private int maxQueues = 100_000;
        private int maxConnections = 10_000;
        private Duration messageTimeout = Duration.ofMinutes(5);
        private int managementConnections = 256;
        private Duration managementTimeout = Duration.ofSeconds(10);
        private long managementBody = 10_000_000;
        private Duration consumerTimeout = Duration.ofMinutes(30);

        Values() {}

        Values(Values other) {
            heartbeatSeconds = other.heartbeatSeconds;
            maxMessageSize = other.maxMessageSize;
            memory = other.memory;
            queueMemory = other.queueMemory;
            maxQueues = other.maxQueues;
            maxConnections = other.maxConnections;
            messageTimeout = other.messageTimeout;
            managementConnections = other.managementConnections;
            managementTimeout = other.managementTimeout;
            managementBody = other.managementBody;
            consumerTimeout = other.consumerTimeout;
        }
    }

    private Limits with(Consumer<Values> change) {
        Values changed = new Values(values);
        change.accept(changed);
        return new Limits(changed);
    }

    /** The defaults that each accessor names. */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** Channels per connection: 2047, as in RabbitMQ. */
    public int maxChannels() {
        return MAX_CHANNELS;
    }

    /** The largest frame in octets, header and end octet included: 131,072, as in RabbitMQ. */
    public int maxFrameSize() {
        return MAX_FRAME_SIZE;
    }

    /** How long a client may take from connecting to connection.open: 10 seconds. */
    public Duration handshakeTimeout() {
        return HANDSHAKE_TIMEOUT;
    }

    /** The heartbeat interval to propose, in seconds; 0 disables heartbeats. Default 60. */
    public int heartbeatSeconds() {
        return values.heartbeatSeconds;
    }

    /** A copy with another heartbeat interval, 0 to 65,535 seconds. */
    public Limits withHeartbeatSeconds(int seconds) {
        return with(copy -> copy.heartbeatSeconds = seconds);
    }

    /** The largest message body in bytes. Default 128 MiB. */
    public long maxMessageSize() {
        return values.maxMessageSize;
    }

    /** A copy with another largest message body, 1 byte to 512 MiB. */
    public Limits withMaxMessageSize(long bytes) {
        return with(copy -> copy.maxMessageSize = bytes);
    }

    /** Bytes of messages held by the broker above which publishers are blocked. Default: 0.4 of the heap. */
    public long memory() {
        return values.memory;
    }

    /** A copy with another limit of memory, at least 1 byte. */
    public Limits withMemory(long bytes) {
        return with(copy -> copy.memory = bytes);
    }

    /**
     * Bytes of messages held by one queue above which its publishers are blocked. Default: half of {@link #memory()}.
     */
    public long queueMemory() {
        return values.queueMemory == 0 ? Math.max(1, values.memory / 2) : values.queueMemory;
    }

    /** A copy with another limit of memory per queue, at least 1 byte. */
    public Limits withQueueMemory(long bytes) {
        return with(copy -> copy.queueMemory = bytes);
    }

    /** Queues per virtual host. Default 100,000. */
    public int maxQueues() {
        return values.maxQueues;
    }

    /** A copy with another number of queues, at least 1. */
    public Limits withMaxQueues(int count) {
        return with(copy -> copy.maxQueues = count);
    }

    /** Connections at the same time. Default 10,000. */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** A copy with another number of connections, at least 1. */
    public Limits withMaxConnections(int count) {
        return with(copy -> copy.maxConnections = count);
    }

    /** How long a message, or a frame, may take from its first octet to its last. Default 5 minutes. */
    public Duration messageTimeout() {
        return values.messageTimeout;
    }

    /** A copy with another time for a message, at least 1 millisecond. */
    public Limits withMessageTimeout(Duration timeout) {
        return with(copy -> copy.messageTimeout = timeout);
    }

    /**
     * Bytes held by connections in unfinished messages, transactions and unread output above which the connection that
     * holds most is closed: half of {@link #memory()}, at least 8 MiB.
     */
    public long debts() {
        return Math.max(MIN_DEBTS, values.memory / 2);
    }

    /** Connections to the management API at the same time. Default 256. */
    public int managementConnections() {
        return values.managementConnections;
    }

    /** How long a request to the management API may take to be complete, and its response to be read. Default 10 s. */
    public Duration managementTimeout() {
        return values.managementTimeout;
    }

    /** A copy with other limits of the management API: at least 1 connection, at least 1 millisecond. */
    public Limits withManagement(int connections, Duration timeout) {
        return with(copy -> {
            copy.managementConnections = connections;
            copy.managementTimeout = timeout;
        });
    }

    /** The largest body of a request to the management API, in bytes. Default 10,000,000, as in RabbitMQ. */
    public long managementBody() {
        return values.managementBody;
    }

    /** A copy with another largest body, at least 1 byte. */
    public Limits withManagementBody(long bytes) {
        return with(copy -> copy.managementBody = bytes);
    }

    /** How long a delivery may be unacknowledged; zero is no limit. Default 30 minutes. */
    public Duration consumerTimeout() {
        return values.consumerTimeout;
    }

    /** A copy with another time for acknowledgements, zero or more. */
    public Limits withConsumerTimeout(Duration timeout) {
        return with(copy -> copy.consumerTimeout = timeout);
    }
}
