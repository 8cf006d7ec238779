package dev.parley.cli;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.RpcServer;
import dev.parley.broker.EmbeddedBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code parley demo}. */
@Command(
        name = "demo",
        description = {
            "Serves one calculator object on every wire, with an embedded broker, all in this process; calls it through each, and shows"
                    + " how to call it from Python. Then serves until Ctrl-C.",
            "A well-known port that is taken is replaced by a free one."
        },
        sortOptions = false,
        footer = {"", "Examples:", "  parley demo", "  parley demo --once"})
final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final StopSignal stop;

    @Option(names = "--once", description = "Exit after the calls: with 0 if all results were right, else with 1.")
    private boolean once;

    DemoCommand(Terminal terminal, StopSignal stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    /** A wire as it is served, or why it is not. */
    private record Served(
            DemoWire wire,
            @Nullable RpcServer server,
            @Nullable RuntimeException failure) {
        Address address() {
            return server == null ? wire.address() : server.addresses().getFirst();
        }
    }

    @Override
    public Integer call() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            Calculator calculator = new Calculator();
            List<Served> all = new ArrayList<>();
            try {
                DemoWire.all(Address.parse(broker.address())).forEach(wire -> all.add(serve(wire, calculator)));
                terminal.result(terminal.styled(
                        Style.BOLD,
                        "One Calculator object on every wire, and an embedded AMQP broker on port " + broker.port()
                                + ":"));
                terminal.result("");
                boolean right = show(all);
                if (!once) {
                    stop.watch();
                    terminal.result(terminal.styled(Style.BOLD, "Serving until Ctrl-C."));
                    stop.await();
                }
                return right ? ExitCode.OK : ExitCode.REMOTE_FAILURE;
            } finally {
                all.stream().map(Served::server).filter(Objects::nonNull).forEach(RpcServer::close);
            }
        }
    }

    /** Each wire has a server of its own here, so that one that fails leaves the others alone. */
    private Served serve(DemoWire wire, Calculator calculator) {
        try {
            try {
                return new Served(wire, start(wire, wire.address(), calculator), null);
            } catch (ConnectionLostException taken) {
                if (!wire.binds()) {
                    throw taken;
                }
                RpcServer server = start(wire, wire.address().withPort(0), calculator);
                terminal.note("port " + wire.address().port(0) + " is taken, so " + wire.name() + " has another");
                return new Served(wire, server, null);
            }
        } catch (RuntimeException e) {
            return new Served(wire, null, e);
        }
    }

    private static RpcServer start(DemoWire wire, Address address, Calculator calculator) {
        return RpcServer.builder()
                .endpoint(calculator)
                .listen(address.toUri(), wire.server())
                .build()
                .start();
    }

    /** Calls each wire and prints what came of it; returns whether all went well. */
    private boolean show(List<Served> all) {
        int names = width(all.stream().map(one -> one.wire().name()).toList());
        int addresses = width(all.stream().map(one -> one.address().toUri()).toList());
        int calls = width(all.stream().map(one -> one.wire().shownCall()).toList());
        boolean right = true;
        for (Served one : all) {
            String outcome;
            RuntimeException failure = one.failure();
            try {
                if (failure != null) {
                    throw failure;
                }
                String answer = one.wire().call(one.address());
                outcome = pad(one.wire().shownCall(), calls) + " = " + terminal.styled(Style.GREEN, answer);
            } catch (RuntimeException e) {
                failure = e;
                outcome = terminal.styled(Style.RED, ErrorReport.line(e));
            }
            right &= failure == null;
            terminal.result(
                    (failure == null ? terminal.styled(Style.GREEN, "✓") : terminal.styled(Style.RED, "✗")) + " "
                            + terminal.styled(Style.BOLD, pad(one.wire().name(), names)) + "  "
                            + terminal.styled(Style.CYAN, pad(one.address().toUri(), addresses)) + "  " + outcome);
            String python = one.wire().python().apply(one.address());
            terminal.result("  "
                    + terminal.styled(
                            Style.DIM,
                            python == null ? "for callers in the same JVM" : "python3 -c \"" + python + "\""));
            terminal.result("");
        }
        return right;
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
