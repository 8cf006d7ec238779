package dev.parley.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
        // Event loops and pools of the wires need not wind down: all that was to be said has been said.
        System.exit(run(Terminal.system(), StopSignal.ofProcess(), args));
    }

    /** Runs a command in this process. */
    static int run(Terminal terminal, StopSignal stop, String... args) {
        Logging.verbosity(0);
        String exposed = ExposedSecrets.note(args);
        if (exposed != null) {
            terminal.note(exposed);
        }
        try {
            return commandLine(terminal, stop).execute(args);
        } catch (Error e) {
            // Such as a StackOverflowError: one line like any other, and no raw stack trace unless it is asked for.
            return new ErrorReport(terminal).report(e);
        }
    }

    static CommandLine commandLine(Terminal terminal, StopSignal stop) {
        CommandLine command = new CommandLine(new ParleyCommand())
                .addSubcommand(new DemoCommand(terminal, stop))
                .addSubcommand(new ServeCommand(terminal, stop))
                .addSubcommand(callLike(new CallCommand(terminal)))
                .addSubcommand(callLike(new CastCommand()))
                .addSubcommand(callLike(new FanoutCommand()))
                .addSubcommand(new InspectCommand(terminal))
                .addSubcommand(new PingCommand(terminal))
                .addSubcommand(new ListenCommand(terminal, stop))
                .addSubcommand(new NotifyCommand())
                .addSubcommand(new BrokerCommand(terminal, stop))
                .addSubcommand(new FaultsCommand(terminal))
                .addSubcommand(new QueuesCommand(terminal))
                .addSubcommand(new DeadLettersCommand(terminal))
                .addSubcommand(new PasswordCommand(terminal))
                .addSubcommand(new TokenCommand(terminal))
                .addSubcommand(new AutoComplete.GenerateCompletion());
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

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** The ARGs of a call may be negative numbers; {@link RequestOptions} refuses what looks like a mistyped option. */
    private static CommandLine callLike(Object command) {
        return new CommandLine(CommandSpec.forAnnotatedObject(command)).setUnmatchedOptionsArePositionalParams(true);
    }
}
