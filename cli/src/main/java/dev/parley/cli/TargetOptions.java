package dev.parley.cli;

import dev.parley.InvalidTargetException;
import dev.parley.Target;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The parts of a {@link Target}. */
final class TargetOptions {
    @Option(names = "--topic", paramLabel = "NAME", description = "Topic that the servers share, behind a broker.")
    private @Nullable String topic;

    @Option(names = "--server", paramLabel = "NAME", description = "One server of the topic, behind a broker.")
    private @Nullable String server;

    @Option(names = "--exchange", paramLabel = "NAME", description = "Exchange, behind a broker.")
    private @Nullable String exchange;

    @Option(names = "--namespace", paramLabel = "NAME", description = "Namespace of the methods.")
    private @Nullable String namespace;

    @Option(names = "--rpc-version", paramLabel = "X.Y", description = "Version of the methods, such as 2.0.")
    private @Nullable String version;

    /** All that is set. */
    Target target() {
        try {
            return new Target(exchange, topic, namespace, version, server, false, java.util.List.of());
        } catch (InvalidTargetException e) {
            throw CommandException.usage("--rpc-version: " + e.getMessage());
        }
    }

    /** What concerns the broker alone. */
    Target queue() {
        return new Target(exchange, topic, null, null, server, false, java.util.List.of());
    }

    /** Namespace and version, {@code null} if neither is set. */
    @Nullable
    Target endpoint() {
        Target all = target();
        return namespace == null && version == null
                ? null
                : new Target(null, null, all.namespace(), all.version(), null, false, java.util.List.of());
    }
}
