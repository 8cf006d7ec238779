package dev.parley.broker.profile;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The version of RabbitMQ that a broker behaves as, and the deprecated features that it permits all the same. Each
 * method answers one question in which versions differ. Immutable.
 */
public final class RabbitMqProfile {
    private enum Version {
        V3_10("3.10", "3.10.8", "2007-2022 VMware, Inc. or its affiliates."),
        V4_0("4.0", "4.0.5", "2007-2024 Broadcom Inc and/or its subsidiaries"),
        V4_3("4.3", "4.3.6", "2007-2026 Broadcom Inc and/or its subsidiaries");

        private final String text;
        private final String release;
        private final String owner;

        Version(String text, String release, String owner) {
            this.text = text;
            this.release = release;
            this.owner = owner;
        }
    }

    /** How a quorum queue orders messages of different priorities. */
    public enum QuorumPriorities {
        /** By age alone. */
        NONE,
        /** Above 4 or not: two of the first kind, then one of the other. */
        TWO_LEVELS,
        /** 0 to 31, the highest first; 4 if a message has none. */
        STRICT
    }

    private static final RabbitMqProfile DEFAULT =
            new RabbitMqProfile(Version.V3_10, EnumSet.noneOf(DeprecatedFeature.class));

    private final Version version;
    private final Set<DeprecatedFeature> permitted;

    private RabbitMqProfile(Version version, Set<DeprecatedFeature> permitted) {
        this.version = version;
        this.permitted = permitted;
    }

    /** RabbitMQ 3.10. */
    public static RabbitMqProfile defaultProfile() {
        return DEFAULT;
    }

    /**
     * The profile of a version, such as {@code 4.3}.
     *
     * @throws IllegalArgumentException if it is unknown; the message lists those that are known
     */
    public static RabbitMqProfile of(String version) {
        for (Version known : Version.values()) {
            if (known.text.equals(version)) {
                return new RabbitMqProfile(known, EnumSet.noneOf(DeprecatedFeature.class));
            }
        }
        throw new IllegalArgumentException("unknown version '" + version + "' of RabbitMQ: known are "
                + Arrays.stream(Version.values()).map(known -> known.text).collect(Collectors.joining(", ")));
    }

    /**
     * A copy that permits a deprecated feature, as {@code deprecated_features.permit.NAME = true} does in RabbitMQ.
     *
     * @throws IllegalArgumentException if it is unknown; the message lists those that are known
     */
    public RabbitMqProfile permitting(String feature) {
        for (DeprecatedFeature known : DeprecatedFeature.values()) {
            if (known.text().equals(feature)) {
                Set<DeprecatedFeature> all = EnumSet.of(known);
                all.addAll(permitted);
                return new RabbitMqProfile(version, all);
            }
        }
        throw new IllegalArgumentException("unknown deprecated feature '" + feature + "': known are "
                + Arrays.stream(DeprecatedFeature.values())
                        .map(DeprecatedFeature::text)
                        .collect(Collectors.joining(", ")));
    }

    private boolean isSince(Version first) {
        return version.compareTo(first) >= 0;
    }

    /** The version as a user names it, such as {@code 4.3}. */
    public String version() {
        return version.text;
    }

    /** The release that it is compared with, such as {@code 4.3.6}. */
    public String release() {
        return version.release;
    }

    /** The copyright that a client is told. */
    public String copyright() {
        return "Copyright (c) " + version.owner;
    }

    /** Whether a deprecated feature can be used. */
    public boolean permits(DeprecatedFeature feature) {
        return !isSince(Version.V4_3) || permitted.contains(feature);
    }

    // Connections

    /** The least frame_max that a client may ask for, in octets. */
    public int minFrameSize() {
        return isSince(Version.V4_3) ? 8192 : 4096;
    }

    /** Whether a client can log in without a name (ANONYMOUS), as the user guest. */
    public boolean letsAnonymousIn() {
        return isSince(Version.V4_0);
    }

    /** Whether the answer to a wrong protocol header is that of AMQP 1.0 and not that of AMQP 0-9-1. */
    public boolean namesAmqp10() {
        return isSince(Version.V4_0);
    }

    // Publishing

    /** The largest message body by default, in bytes. */
    public long maxMessageSize() {
        return isSince(Version.V4_0) ? 16 << 20 : 128 << 20;
    }

    /** Whether the history of dead-lettering in the headers of a client's message is no history of this broker. */
    public boolean ignoresDeathsOfClients() {
        return isSince(Version.V4_0);
    }

    /** Whether dead letters have the headers {@code x-last-death-*}. */
    public boolean namesLastDeath() {
        return isSince(Version.V4_0);
    }

    // Exchanges

    /** Whether an unknown type of an exchange closes the connection and not only the channel. */
    public boolean closesConnectionForUnknownType() {
        return !isSince(Version.V4_0);
    }

    /** Whether there are exchanges of the type {@code x-local-random}. */
    public boolean hasLocalRandomExchanges() {
        return isSince(Version.V4_0);
    }

    /** Whether there are exchanges of the type {@code x-modulus-hash}. */
    public boolean hasModulusHashExchanges() {
        return isSince(Version.V4_3);
    }

    // Declarations of queues

    /** Whether a queue that was declared without a type counts as declared with {@code classic}. */
    public boolean impliesClassicType() {
        return isSince(Version.V4_0);
    }

    /** Whether classic queues know {@code x-queue-leader-locator}. */
    public boolean classicQueuesHaveLeaders() {
        return isSince(Version.V4_0);
    }

    /** Whether an unknown {@code x-queue-master-locator} ends in an internal error. */
    public boolean failsOnUnknownMasterLocator() {
        return !isSince(Version.V4_0);
    }

    /** The oldest version of classic queues: {@code x-queue-version}. */
    public int oldestQueueVersion() {
        return isSince(Version.V4_3) ? 2 : 1;
    }

    /** Whether {@code x-queue-mode} has a meaning. */
    public boolean hasQueueModes() {
        return !isSince(Version.V4_3);
    }

    /** Whether {@code x-consumer-timeout} is an argument of quorum queues and their consumers, and of no others. */
    public boolean hasConsumerTimeoutArgument() {
        return isSince(Version.V4_3);
    }

    /** Whether an {@code x-max-age} or {@code x-stream-offset} that has no number ends in an internal error. */
    public boolean failsOnMalformedMaxAge() {
        return !isSince(Version.V4_3);
    }

    /** Whether a consumer's {@code x-stream-offset} that is no interval ends in an internal error. */
    public boolean failsOnMalformedStreamOffset() {
        return !isSince(Version.V4_3);
    }

    /** Whether {@code x-stream-filter-size-bytes} is checked on streams. */
    public boolean checksFilterSize() {
        return isSince(Version.V4_0);
    }

    /** Whether {@code x-stream-filter-size-bytes} is refused on queues that are no streams, and must be a number. */
    public boolean hasFilterSizeArgument() {
        return isSince(Version.V4_3);
    }

    // Quorum queues

    /** How often a message may be returned where the queue says nothing; -1 is no limit. */
    public long defaultDeliveryLimit() {
        return isSince(Version.V4_0) ? 20 : -1;
    }

    /** Whether a message that its consumer returns by basic.nack or basic.recover counts towards the limit. */
    public boolean countsNegativeAcknowledgements() {
        return !isSince(Version.V4_3);
    }

    /** Whether consumers are told how often a message was handed out, {@code x-acquired-count}. */
    public boolean tellsAcquiredCount() {
        return isSince(Version.V4_3);
    }

    /** Whether basic.get tells the delivery count of a message that was not delivered before: 0. */
    public boolean tellsFirstFetchCount() {
        return !isSince(Version.V4_0);
    }

    /** Whether a message that its consumer returns goes to the end of the queue where there is no limit. */
    public boolean returnsToTheEnd() {
        return !isSince(Version.V4_0);
    }

    /** How quorum queues order messages of different priorities. */
    public QuorumPriorities quorumPriorities() {
        return switch (version) {
            case V3_10 -> QuorumPriorities.NONE;
            case V4_0 -> QuorumPriorities.TWO_LEVELS;
            case V4_3 -> QuorumPriorities.STRICT;
        };
    }

    // Streams

    /** Whether consumers can ask for {@code x-stream-filter}. */
    public boolean filtersStreams() {
        return isSince(Version.V4_0);
    }

    /** Whether streams keep the header CC, though it is a list. */
    public boolean streamsKeepCopies() {
        return isSince(Version.V4_0);
    }

    /** Whether a negative acknowledgement of a stream's message is accepted as an acknowledgement. */
    public boolean acceptsNegativeAcknowledgementsOfStreams() {
        return isSince(Version.V4_0);
    }

    /** The refusal of a stream's consumer without prefetch; {@code queue} is as RabbitMQ describes queues. */
    public String noPrefetch(String queue) {
        return "consumer prefetch count is not set for "
                + (isSince(Version.V4_0) ? "stream " + queue : "'" + queue + "'");
    }

    /** The refusal of a stream's consumer that does not acknowledge. */
    public String noAutomaticAcknowledgement(String queue) {
        return "automatic acknowledgement not supported by stream "
                + (isSince(Version.V4_0) ? queue : "queues " + queue);
    }

    /** Whether {@code x-cancel-on-ha-failover} is an argument of the consumers of classic queues only. */
    public boolean failoverArgumentIsClassic() {
        return !isSince(Version.V4_0);
    }

    // Acknowledgements that are late

    /** Whether a consumer of a quorum queue that is late is cancelled and its channel lives on. */
    public boolean cancelsLateConsumers() {
        return isSince(Version.V4_3);
    }
}
