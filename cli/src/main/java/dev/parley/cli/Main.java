package dev.parley.cli;

import dev.parley.net.socket.EventLoops;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code parley} command. */
public final class Main {
    private static final int NARROWEST = 60;
    private static final int WIDEST = 120;

    private Main() {}

    /** Runs a command and exits with its code; see {@link ExitCode}. */
    public static void main(String[] args) {
        int code = run(Terminal.system(), StopSignal.ofProcess(), args);
        EventLoops.end();
        // Pools of the wires need not wind down: all that was to be said has been said.
        System.exit(code);
    }

    /** Runs a command in this process. */
    static int run(Terminal terminal, StopSignal stop, String... args) {
        Logging.verbosity(0);
        String exposed = ExposedSecrets.note(args);
        if (exposed != null) {
            terminal.note(exposed);
        }
        try {
            if (args.length > 0 && args[0].equals(ZerorpcSubcommand.NAME)) {
                // Its command line is Python's own, and nothing else need be read to understand it.
                return ZerorpcSubcommand.run(terminal, stop, List.of(args).subList(1, args.length));
            }
            return commandLine(terminal, stop, args).execute(args);
        } catch (Error e) {
            // Such as a StackOverflowError: one line like any other, and no raw stack trace unless it is asked for.
            return new ErrorReport(terminal).report(e);
        }
    }

    /** The command with those of its subcommands that the arguments can mean: reading all of them takes a while. */
    static CommandLine commandLine(Terminal terminal, StopSignal stop, String... args) {
        CommandLine command = new CommandLine(new ParleyCommand());
        Map<String, Supplier<CommandLine>> all = subcommands(terminal, stop);
        Supplier<CommandLine> only = args.length == 0 ? null : all.get(args[0]);
        if (only != null) {
            command.addSubcommand(only.get());
        } else {
            all.values().forEach(subcommand -> command.addSubcommand(subcommand.get()));
            command.addSubcommand(new AutoComplete.GenerateCompletion());
        }
        ErrorReport errors = new ErrorReport(terminal);
        return command.setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                // The ARGs of a call are data: @home is not a file to read.
                .setExpandAtFiles(false)
                .setUsageHelpWidth(Math.clamp(terminal.width(), NARROWEST, WIDEST))
                .setColorScheme(Help.defaultColorScheme(terminal.colourOut() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
    }

    /** By their names, in the order of the help. */
    private static Map<String, Supplier<CommandLine>> subcommands(Terminal terminal, StopSignal stop) {
        Map<String, Supplier<CommandLine>> all = new LinkedHashMap<>();
        all.put("demo", () -> new CommandLine(new DemoCommand(terminal, stop)));
        all.put("serve", () -> new CommandLine(new ServeCommand(terminal, stop)));
        all.put("call", () -> callLike(new CallCommand(terminal)));
        all.put("cast", () -> callLike(new CastCommand()));
        all.put("fanout", () -> callLike(new FanoutCommand()));
        all.put("inspect", () -> new CommandLine(new InspectCommand(terminal)));
        all.put("ping", () -> new CommandLine(new PingCommand(terminal)));
        all.put(ZerorpcSubcommand.NAME, () -> new CommandLine(new ZerorpcSubcommand(terminal, stop)));
        all.put("listen", () -> new CommandLine(new ListenCommand(terminal, stop)));
        all.put("notify", () -> new CommandLine(new NotifyCommand()));
        all.put("broker", () -> new CommandLine(new BrokerCommand(terminal, stop)));
        all.put("faults", () -> new CommandLine(new FaultsCommand(terminal)));
        all.put("queues", () -> new CommandLine(new QueuesCommand(terminal)));
        all.put("dead-letters", () -> new CommandLine(new DeadLettersCommand(terminal)));
        all.put("password", () -> new CommandLine(new PasswordCommand(terminal)));
        all.put("token", () -> new CommandLine(new TokenCommand(terminal)));
        return all;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** The ARGs of a call may be negative numbers; {@link RequestOptions} refuses what looks like a mistyped option. */
    private static CommandLine callLike(Object command) {
        return new CommandLine(CommandSpec.forAnnotatedObject(command)).setUnmatchedOptionsArePositionalParams(true);
    }
}
