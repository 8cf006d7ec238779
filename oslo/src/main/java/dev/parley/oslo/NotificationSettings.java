package dev.parley.oslo;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of an OpenStack service says about notifications: group {@code oslo_messaging_notifications}.
 * Read by {@link Transport#notifications}. Immutable.
 */
public final class NotificationSettings {
    private final String address;
    private final List<String> drivers;
    private final List<String> topics;
    private final int retries;
    private final @Nullable Path routingFile;

    NotificationSettings(
            String address, List<String> drivers, List<String> topics, int retries, @Nullable Path routingFile) {
        this.address = address;
        this.drivers = List.copyOf(drivers);
        this.topics = List.copyOf(topics);
        this.retries = retries;
        this.routingFile = routingFile;
    }

    /**
     * The address of the broker: {@code transport_url} of the group, otherwise that of group {@code DEFAULT}, with the
     * settings of the driver's group as options. Contains passwords: not for logs.
     */
    public String address() {
        return address;
    }

    /** The drivers, such as {@code messagingv2}, in their order; by default none: no notifications are sent. */
    public List<String> drivers() {
        return drivers;
    }

    /** The topics; by default {@code notifications} alone. */
    public List<String> topics() {
        return topics;
    }

    /** How many times sending a notification is retried; -1, the default, is no limit. */
    public int retries() {
        return retries;
    }

    /** The file with the rules of the {@code routing} driver, {@code null} if there is none. */
    public @Nullable Path routingFile() {
        return routingFile;
    }
}
