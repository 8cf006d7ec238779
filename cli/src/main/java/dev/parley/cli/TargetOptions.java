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
        return queue().withNamespace(namespace).withVersion(version());
    }

    private @Nullable String version() {
        try {
            return Target.none().withVersion(version).version();
        } catch (InvalidTargetException e) {
            throw CommandException.usage("--rpc-version: " + e.getMessage());
        }
    }

    /** What concerns the broker alone. */
    Target queue() {
        return Target.none().withExchange(exchange).withTopic(topic).withServer(server);
    }

    /** Namespace and version, {@code null} if neither is set. */
    @Nullable
    Target endpoint() {
        return namespace == null && version == null
                ? null
                : Target.none().withNamespace(namespace).withVersion(version());
    }
}
