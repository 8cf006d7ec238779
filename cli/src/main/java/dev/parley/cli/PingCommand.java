package dev.parley.cli;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.Wires;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley ping}. */
@Command(
        name = "ping",
        description = {
            "Asks whether a peer responds, for probes: prints one line, and exits with 0 only if it does.",
            "Behind a broker a server with rpc_ping_enabled says pong; of another one the refusal counts as a response."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley ping --config-file /etc/nova/nova.conf --topic compute --server host1 -t 3s",
            "  parley ping tcp://127.0.0.1:4242",
            "  parley ping xmlrpc+http://127.0.0.1:8088/RPC2"
        })
final class PingCommand implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofMillis(300);

    private final Terminal terminal;

    @Parameters(index = "0", arity = "0..1", paramLabel = "ADDRESS", description = "The peer. Not with --config-file.")
    private @Nullable String given;

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Mixin
    private TargetOptions targets = new TargetOptions();

    @Mixin
    private CredentialOptions credentials = new CredentialOptions();

    @Mixin
    private HeaderOptions headers = new HeaderOptions();

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Converters.OfDuration.class,
            description = "How long all of it may take, the connection included. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofSeconds(5);

    PingCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Address address = address();
        Target target = targets.target();
        if (Wires.areBrokered(address) && target.topic() == null) {
            throw CommandException.usage(address.scheme() + " needs a --topic");
        }
        long start = System.nanoTime();
        CompletableFuture<String> ping = new CompletableFuture<>();
        // On a thread of its own: to connect may take longer than the timeout.
        Thread.ofVirtual().name("parley-ping").start(() -> {
            try {
                ping.complete(ping(address, target, start));
            } catch (Throwable e) {
                ping.completeExceptionally(e);
            }
        });
        String remark = await(ping, address);
        terminal.result((remark.isEmpty() ? "pong from " : "response from ") + where(address, target) + " in "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms" + remark);
        return ExitCode.OK;
    }

    private Address address() {
        if (config.isGiven()) {
            return config.address(given);
        } else if (given == null) {
            throw CommandException.usage("no peer given: an ADDRESS or a --config-file is needed");
        }
        try {
            return Wires.expand(Address.parse(given));
        } catch (InvalidTargetException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private String await(CompletableFuture<String> ping, Address address) {
        try {
            return ping.get(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RpcTimeoutException("no connection to " + address + " within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException error ? error : new IllegalStateException(e.getCause());
        }
    }

    /** Returns a remark on the response, empty if it is the one that a ping has. */
    private String ping(Address address, Target target, long start) {
        try (RpcClient client = RpcClient.builder(
                        EnvironmentProxy.of(credentials.apply(address, System.getenv()), System.getenv())
                                .toUri())
                .target(target)
                .options(options -> headers.apply(address, options))
                .build()) {
            Duration left = timeout.minusNanos(System.nanoTime() - start);
            if (!left.isPositive()) {
                throw new RpcTimeoutException("to connect took longer than " + timeout.toMillis() + " ms");
            }
            Object unused = client.prepare(options -> options.withTimeout(left)).call(method(address), Object.class);
            return "";
        } catch (MethodNotFoundException
                | UnsupportedVersionException
                | InvalidArgumentsException
                | RemoteException e) {
            // Whoever refuses a call is alive.
            return remark(address, e);
        }
    }

    /** What every peer of the wire has, or refuses without harm. */
    private static String method(Address address) {
        if (Wires.areBrokered(address)) {
            return "oslo_rpc_server_ping";
        }
        return address.scheme().startsWith("zerorpc") ? "_zerorpc_ping" : "system.listMethods";
    }

    private static String remark(Address address, RpcException error) {
        if (Wires.areBrokered(address)) {
            return ", without rpc_ping_enabled";
        }
        // HTTP has no ping: any response of the protocol shows that the peer is reachable.
        return error instanceof MethodNotFoundException
                ? ", which has no introspection"
                : ": " + ErrorReport.line(error);
    }

    private static String where(Address address, Target target) {
        return address
                + (target.topic() == null ? "" : " topic " + target.topic())
                + (target.server() == null ? "" : " server " + target.server());
    }
}
