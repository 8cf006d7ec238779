package dev.parley.interop;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A version of RabbitMQ that tests run on. All but Debian's own are there only where {@code PARLEY_RABBITMQ_VERSIONS}
 * or {@code CI=true} ask for them.
 */
public enum RabbitMqVersion {
    V3_10("3.10", Peer.RABBITMQ, ""),
    V4_0("4.0", Peer.RABBITMQ_4_0, ""),
    /** As Debian ships it: shared queues that are not durable are permitted. */
    V4_3("4.3", Peer.RABBITMQ_4_3, ""),
    /** As upstream ships it: they are denied. */
    V4_3_DENYING(
            "4.3 denying transient queues",
            Peer.RABBITMQ_4_3,
            "deprecated_features.permit.transient_nonexcl_queues = false\n");

    /** All but Debian's own. */
    static final Set<RabbitMqVersion> NEWER = Collections.unmodifiableSet(EnumSet.range(V4_0, V4_3_DENYING));

    /** What tests run on that do not care: 3.10, or what {@code PARLEY_RABBITMQ_VERSION} says, such as 4.3. */
    public static final RabbitMqVersion USUAL = usual();

    private static final boolean GIVEN_ONE = RabbitMq.GIVEN != null;

    private final String text;
    private final Peer peer;
    private final String configuration;

    RabbitMqVersion(String text, Peer peer, String configuration) {
        this.text = text;
        this.peer = peer;
        this.configuration = configuration;
    }

    private static RabbitMqVersion usual() {
        String named = System.getenv().getOrDefault("PARLEY_RABBITMQ_VERSION", "3.10");
        return Stream.of(V3_10, V4_0, V4_3)
                .filter(version -> version.text.equals(named))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "PARLEY_RABBITMQ_VERSION is " + named + ": expected 3.10, 4.0 or 4.3"));
    }

    /** What must be installed for it. */
    public Peer peer() {
        return peer;
    }

    /**
     * Whether the tests of this run that take each version take this one: 4.0 and 4.3 as Debian ships them only if they
     * are named.
     */
    public boolean isWanted() {
        return GIVEN_ONE ? this == V3_10 : peer.isWanted() && (this != V4_0 && this != V4_3 || Peer.VERSIONS != null);
    }

    /** Lines of {@code rabbitmq.conf} that make it this version. */
    String configuration() {
        return configuration;
    }

    /** The root directory of its programs, in which all their files are. */
    Path root() {
        return peer == Peer.RABBITMQ ? Path.of("/") : peer.folder().resolve("root");
    }

    @Override
    public String toString() {
        return text;
    }
}
