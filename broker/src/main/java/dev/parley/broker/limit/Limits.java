package dev.parley.broker.limit;

import java.time.Duration;

/**
 * What the broker grants to clients at most, and what it proposes to them. The values are checked where users set them,
 * in {@code BrokerBuilder}. Immutable; the {@code with} methods return changed copies.
 */
public final class Limits {
    private static final Limits DEFAULTS = new Limits(
            60,
            128L << 20,
            Math.max(1, Runtime.getRuntime().maxMemory() * 4 / 10),
            0,
            100_000,
            10_000,
            Duration.ofMinutes(5),
            256,
            Duration.ofSeconds(10),
            10_000_000,
            Duration.ofMinutes(30));

    private static final long MIN_DEBTS = 8 << 20;
    private static final int MAX_CHANNELS = 2047;
    private static final int MAX_FRAME_SIZE = 131_072;
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private final int heartbeatSeconds;
    private final long maxMessageSize;
    private final long memory;
    private final long queueMemory;
    private final int maxQueues;
    private final int maxConnections;
    private final Duration messageTimeout;
    private final int managementConnections;
    private final Duration managementTimeout;
    private final long managementBody;
    private final Duration consumerTimeout;

    private Limits(
            int heartbeatSeconds,
            long maxMessageSize,
            long memory,
            long queueMemory,
            int maxQueues,
            int maxConnections,
            Duration messageTimeout,
            int managementConnections,
            Duration managementTimeout,
            long managementBody,
            Duration consumerTimeout) {
        this.heartbeatSeconds = heartbeatSeconds;
        this.maxMessageSize = maxMessageSize;
        this.memory = memory;
        this.queueMemory = queueMemory;
        this.maxQueues = maxQueues;
        this.maxConnections = maxConnections;
        this.messageTimeout = messageTimeout;
        this.managementConnections = managementConnections;
        this.managementTimeout = managementTimeout;
        this.managementBody = managementBody;
        this.consumerTimeout = consumerTimeout;
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
        return heartbeatSeconds;
    }

    /** A copy with another heartbeat interval, 0 to 65,535 seconds. */
    public Limits withHeartbeatSeconds(int seconds) {
        return new Limits(
                seconds,
                maxMessageSize,
                memory,
                queueMemory,
                maxQueues,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /** The largest message body in bytes. Default 128 MiB. */
    public long maxMessageSize() {
        return maxMessageSize;
    }

    /** A copy with another largest message body, 1 byte to 512 MiB. */
    public Limits withMaxMessageSize(long bytes) {
        return new Limits(
                heartbeatSeconds,
                bytes,
                memory,
                queueMemory,
                maxQueues,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /** Bytes of messages held by the broker above which publishers are blocked. Default: 0.4 of the heap. */
    public long memory() {
        return memory;
    }

    /** A copy with another limit of memory, at least 1 byte. */
    public Limits withMemory(long bytes) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                bytes,
                queueMemory,
                maxQueues,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /**
     * Bytes of messages held by one queue above which its publishers are blocked. Default: half of {@link #memory()}.
     */
    public long queueMemory() {
        return queueMemory == 0 ? Math.max(1, memory / 2) : queueMemory;
    }

    /** A copy with another limit of memory per queue, at least 1 byte. */
    public Limits withQueueMemory(long bytes) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                bytes,
                maxQueues,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /** Queues per virtual host. Default 100,000. */
    public int maxQueues() {
        return maxQueues;
    }

    /** A copy with another number of queues, at least 1. */
    public Limits withMaxQueues(int count) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory,
                count,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /** Connections at the same time. Default 10,000. */
    public int maxConnections() {
        return maxConnections;
    }

    /** A copy with another number of connections, at least 1. */
    public Limits withMaxConnections(int count) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory,
                maxQueues,
                count,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /** How long a message, or a frame, may take from its first octet to its last. Default 5 minutes. */
    public Duration messageTimeout() {
        return messageTimeout;
    }

    /** A copy with another time for a message, at least 1 millisecond. */
    public Limits withMessageTimeout(Duration timeout) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory,
                maxQueues,
                maxConnections,
                timeout,
                managementConnections,
                managementTimeout,
                managementBody,
                consumerTimeout);
    }

    /**
     * Bytes held by connections in unfinished messages, transactions and unread output above which the connection that
     * holds most is closed: half of {@link #memory()}, at least 8 MiB.
     */
    public long debts() {
        return Math.max(MIN_DEBTS, memory / 2);
    }

    /** Connections to the management API at the same time. Default 256. */
    public int managementConnections() {
        return managementConnections;
    }

    /** How long a request to the management API may take to be complete, and its response to be read. Default 10 s. */
    public Duration managementTimeout() {
        return managementTimeout;
    }

    /** A copy with other limits of the management API: at least 1 connection, at least 1 millisecond. */
    public Limits withManagement(int connections, Duration timeout) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory,
                maxQueues,
                maxConnections,
                messageTimeout,
                connections,
                timeout,
                managementBody,
                consumerTimeout);
    }

    /** The largest body of a request to the management API, in bytes. Default 10,000,000, as in RabbitMQ. */
    public long managementBody() {
        return managementBody;
    }

    /** A copy with another largest body, at least 1 byte. */
    public Limits withManagementBody(long bytes) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory,
                maxQueues,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                bytes,
                consumerTimeout);
    }

    /** How long a delivery may be unacknowledged; zero is no limit. Default 30 minutes. */
    public Duration consumerTimeout() {
        return consumerTimeout;
    }

    /** A copy with another time for acknowledgements, zero or more. */
    public Limits withConsumerTimeout(Duration timeout) {
        return new Limits(
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory,
                maxQueues,
                maxConnections,
                messageTimeout,
                managementConnections,
                managementTimeout,
                managementBody,
                timeout);
    }
}
