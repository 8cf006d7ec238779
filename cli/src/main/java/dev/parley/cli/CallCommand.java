package dev.parley.cli;

import dev.parley.Args;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.oslo.OsloCallOptions;
import dev.parley.spi.Wires;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parley call}. */
@Command(
        name = "call",
        description = "Calls a method and prints its result.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley call xmlrpc+http://127.0.0.1:8088/RPC2 add 2 3",
            "  parley call jsonrpc+http://127.0.0.1:8080/jsonrpc add --named x=2 y=3",
            "  parley call tcp://127.0.0.1:1234 strftime %%Y/%%m/%%d",
            "  parley call rabbit://guest:guest@127.0.0.1/ test --topic test --rpc-version 2.0 arg=1",
            "  parley call --config-file /etc/nova/nova.conf ping --topic compute --namespace baseapi arg=hi"
        })
final class CallCommand implements Callable<Integer> {
    private static final Duration SHORTEST_MONITOR = Duration.ofSeconds(2);

    private final Terminal terminal;

    @Mixin
    private RequestOptions request = new RequestOptions();

    @Mixin
    private ValuePrinter printer = new ValuePrinter();

    @Option(
            names = "--monitor",
            paramLabel = "TIME",
            converter = Converters.OfDuration.class,
            description =
                    "Behind a broker: fail the call when no heartbeat of its server arrives within TIME, at least 2 s."
                            + " Default: off.")
    private @Nullable Duration monitor;

    @Option(names = "--stream", description = "Print the items of a stream, or of a list, one per line as they come.")
    private boolean stream;

    CallCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        request.check();
        Duration silence = monitor;
        if (silence != null) {
            checkMonitor(silence);
        }
        try (RpcClient plain = Logging.verbose() ? request.connect(this::show) : request.connect()) {
            RpcClient client = silence == null
                    ? plain
                    : plain.prepare(options -> options.with(OsloCallOptions.MONITOR_TIMEOUT, silence));
            Args args = request.arguments(client.argumentStyle());
            if (stream) {
                printItems(client, args);
            } else {
                printer.print(client.call(request.method(), Object.class, args), terminal);
            }
        }
        return ExitCode.OK;
    }

    /** Shows what the peer calls meanwhile: its notifications, and requests, which nothing here serves. */
    private @Nullable Object show(RpcContext context, String method, Args arguments) {
        Object values = switch (arguments) {
            case Args.Positional positional -> positional.values();
            case Args.Named named -> named.values();
        };
        terminal.err().println(method + " " + Json.mapper().writeValueAsString(values));
        throw new MethodNotFoundException("parley call serves no methods");
    }

    private void checkMonitor(Duration silence) {
        if (!Wires.areBrokered(request.address())) {
            throw CommandException.usage("--monitor: " + request.address().scheme()
                    + " is a direct wire: only servers behind a broker (rabbit, memory) send heartbeats");
        } else if (silence.compareTo(SHORTEST_MONITOR) < 0) {
            throw CommandException.usage("--monitor: at least 2s; servers take no less for a call monitor");
        }
    }

    private void printItems(RpcClient client, Args args) {
        try (Stream<@Nullable Object> items = client.stream(request.method(), Object.class, args)) {
            Iterator<@Nullable Object> each = items.iterator();
            // A reader that has seen enough, such as head, closes the pipe.
            while (!terminal.out().checkError() && each.hasNext()) {
                printer.print(each.next(), terminal);
            }
        }
    }
}
