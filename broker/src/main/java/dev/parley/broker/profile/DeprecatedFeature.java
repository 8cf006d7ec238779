package dev.parley.broker.profile;

import java.util.Locale;

/** What a newer RabbitMQ no longer permits by default, by the names of its deprecated features. Immutable. */
public enum DeprecatedFeature {
    /** Queues that are neither durable nor exclusive. */
    TRANSIENT_NONEXCL_QUEUES,
    /** The argument {@code x-queue-master-locator}. */
    QUEUE_MASTER_LOCATOR,
    /** One prefetch for all consumers of a channel: basic.qos with {@code global}. */
    GLOBAL_QOS;

    /** RabbitMQ's name. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Why a broker that does not permit the feature refuses to use it, as RabbitMQ says it. */
    public String denial() {
        return "Feature `" + text() + "` is deprecated.\n"
                + "By default, this feature is not permitted anymore.\n"
                + "The feature will be removed from a future major RabbitMQ version, regardless of the configuration;"
                + " actual version to be determined.\n"
                + "To continue using this feature when it is not permitted by default, set the following parameter in"
                + " your configuration:\n"
                + "    \"deprecated_features.permit." + text() + " = true\"\n"
                + "To test RabbitMQ as if the feature was removed, set this in your configuration:\n"
                + "    \"deprecated_features.permit." + text() + " = false\"";
    }
}
