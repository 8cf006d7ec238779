package dev.parley.cli;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.Execution;
import dev.parley.Functions;
import dev.parley.RpcClient;
import dev.parley.Target;
import dev.parley.spi.Wires;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to call a peer: the options that every command of the client side has. */
final class PeerOptions {
    @Mixin
    private TargetOptions targets = new TargetOptions();

    @Mixin
    private HeaderOptions headers = new HeaderOptions();

    @Mixin
    private CredentialOptions credentials = new CredentialOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Converters.OfDuration.class,
            description = "How long to wait: 5, 0.5, 500ms, 2m. Default: the wire's, 60 s (zerorpc: 30 s).")
    private @Nullable Duration timeout;

    @Option(names = "--context", paramLabel = "JSON", description = "The context to send along, a JSON object.")
    private @Nullable String context;

    /** A client of the peer; whether it connects now or at its first call is the wire's choice. */
    RpcClient connect(Address peer) {
        return connect(peer, null);
    }

    /**
     * The same.
     *
     * @param fallback takes what the peer calls, without blocking, if the wire can carry that; {@code null} if nothing
     *     does
     */
    RpcClient connect(Address peer, Functions.@Nullable Fallback fallback) {
        Target target = targets.target();
        if (Wires.areBrokered(peer) && target.topic() == null) {
            throw CommandException.usage(peer.scheme() + " needs a --topic");
        }
        Map<String, @Nullable Object> sent = context == null ? Map.of() : Json.object("--context", context);
        RpcClient.Builder builder = RpcClient.builder(
                        EnvironmentProxy.of(credentials.apply(peer, System.getenv()), System.getenv())
                                .toUri())
                .target(target)
                .options(options -> headers.apply(peer, options(options.withContext(sent))));
        if (fallback != null && Wires.resolve(peer, target).bidirectional()) {
            // Inline, so that what comes before the result is shown before it.
            builder.fallback(fallback).execution(Execution.inline());
        }
        return builder.build();
    }

    private CallOptions options(CallOptions options) {
        return timeout == null ? options : options.withTimeout(timeout);
    }
}
