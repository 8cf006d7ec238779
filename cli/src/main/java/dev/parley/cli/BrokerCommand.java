package dev.parley.cli;

import dev.parley.broker.BrokerBuilder;
import dev.parley.broker.EmbeddedBroker;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code parley broker}. */
@Command(
        name = "broker",
        description = {
            "Runs the embedded AMQP 0-9-1 broker, in memory, until Ctrl-C (SIGINT) or SIGTERM.",
            "Prints 'listening ADDRESS' with the real port once clients can connect; user guest, password guest."
        },
        sortOptions = false,
        footer = {"", "Example:", "  parley broker --port 5673 --rabbitmq 4.3"})
final class BrokerCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65_535;

    private final Terminal terminal;
    private final StopSignal stop;

    @Option(names = "--port", paramLabel = "PORT", description = "The port; 0 takes a free one. Default: 5672.")
    private int port = 5672;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "The host name or IP address to listen on. Default: 127.0.0.1.")
    private String host = "127.0.0.1";

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            description = "Serve the management API too, on this port; 0 takes a free one. Default: off.")
    private @Nullable Integer managementPort;

    @Option(
            names = "--definitions",
            paramLabel = "FILE",
            description = {
                "Load users, virtual hosts, policies, queues, exchanges and bindings",
                "that RabbitMQ exported as JSON, 3.10 to 4.3. Default: none."
            })
    private @Nullable Path definitions;

    @Option(
            names = "--stop-at-eof",
            description =
                    "Stop, too, when standard input ends, as it does when the program that started the broker ends.")
    private boolean stopAtEof;

    @Option(
            names = "--rabbitmq",
            paramLabel = "VERSION",
            description = "The version of RabbitMQ to behave as: 3.10, 4.0 or 4.3. Default: 3.10.")
    private @Nullable String version;

    @Option(
            names = "--permit-deprecated",
            paramLabel = "FEATURE",
            description = {
                "Permit what the version does not by default, by RabbitMQ's name, such as transient_nonexcl_queues.",
                "May be given several times."
            })
    private List<String> deprecatedFeatures = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    BrokerCommand(Terminal terminal, StopSignal stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        BrokerBuilder settings = EmbeddedBroker.builder().host(host).port(checked("--port", port));
        if (managementPort != null) {
            settings.managementPort(checked("--management-port", managementPort));
        }
        if (version != null) {
            set("--rabbitmq", version, settings::rabbitmq);
        }
        deprecatedFeatures.forEach(feature -> set("--permit-deprecated", feature, settings::permitDeprecatedFeature));
        if (definitions != null) {
            load(definitions, settings);
        }
        try (EmbeddedBroker broker = start(settings)) {
            stop.watch();
            terminal.result("listening " + broker.address());
            if (managementPort != null) {
                terminal.result("management http://" + host + ":" + broker.managementPort());
            }
            if (stopAtEof) {
                stop.atEof(System.in);
            }
            stop.await();
        }
        return ExitCode.OK;
    }

    private static void load(Path file, BrokerBuilder settings) {
        try {
            settings.definitions(file);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw CommandException.usage("--definitions " + file + ": " + e.getMessage(), e);
        }
    }

    private static EmbeddedBroker start(BrokerBuilder settings) {
        try {
            return settings.start();
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException e) {
            throw CommandException.noConnection(String.valueOf(e.getMessage()));
        }
    }

    private void set(String option, String value, Consumer<String> setter) {
        try {
            setter.accept(value);
        } catch (IllegalArgumentException e) {
            assert spec != null;
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private int checked(String option, int number) {
        if (number < 0 || number > HIGHEST_PORT) {
            assert spec != null;
            throw new ParameterException(spec.commandLine(), option + " must be from 0 to 65535, not " + number);
        }
        return number;
    }
}
