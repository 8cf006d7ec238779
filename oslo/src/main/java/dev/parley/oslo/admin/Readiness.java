package dev.parley.oslo.admin;

import dev.parley.oslo.admin.QueueInspector.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is on a virtual host works with a later version of RabbitMQ. Immutable.
 *
 * @param obstacles what that version would lose, refuse or do in another way; empty if nothing is known
 * @param unchecked what the management API did not tell, such as {@code policies}
 */
public record Readiness(List<Obstacle> obstacles, List<String> unchecked) {
    public Readiness {
        obstacles = List.copyOf(obstacles);
        unchecked = List.copyOf(unchecked);
    }

    /** Whether nothing stands in the way, as far as the management API told. */
    public boolean isReady() {
        return obstacles.isEmpty();
    }

    /**
     * Something that stands in the way. Immutable.
     *
     * @param object what it is: {@code queue}, {@code policy}, {@code operator policy}, {@code channel},
     *     {@code connection} or {@code feature flag}
     * @param name its name
     * @param kind what oslo.messaging uses a queue for, {@code null} for anything else
     * @param problem what the later version does with it
     * @param remedy what mends it; for queues of oslo.messaging the option, and of which service
     * @param users the names of the connections that consume from the queue or that have the channel; empty if there
     *     are none, or none is known
     */
    public record Obstacle(
            String object, String name, @Nullable Kind kind, String problem, String remedy, List<String> users) {
        public Obstacle {
            users = List.copyOf(users);
        }
    }
}
