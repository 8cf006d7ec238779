package dev.parley.cli;

import dev.parley.cli.zerorpc.ZerorpcCommand;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code parley zerorpc}, whose command line {@link ZerorpcCommand} reads; this is its line in the help. */
@Command(
        name = ZerorpcSubcommand.NAME,
        description = {
            "The command line of Python's zerorpc 0.6.3, option for option.",
            "'parley zerorpc --help' shows it."
        })
final class ZerorpcSubcommand implements Callable<Integer> {
    static final String NAME = "zerorpc";

    /** Of the logs: what Parley does, in detail. */
    private static final int DEBUG = 2;

    private final Terminal terminal;
    private final StopSignal stop;

    @Unmatched
    private List<String> arguments = List.of();

    ZerorpcSubcommand(Terminal terminal, StopSignal stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    /** Runs it with the arguments after its name; returns the exit code. */
    static int run(Terminal terminal, StopSignal stop, List<String> arguments) {
        return new ZerorpcCommand(
                        terminal.out(), terminal.err(), columns(terminal), new ProgramEnvironment(terminal, stop))
                .run(arguments);
    }

    @Override
    public Integer call() {
        return run(terminal, stop, arguments);
    }

    /** As Python: the variable COLUMNS comes first. */
    private static int columns(Terminal terminal) {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9]\\d{0,5}") ? Integer.parseInt(columns) : terminal.width();
    }

    /** Loads from the working folder and from CLASSPATH, as Python's command does from its own. */
    private record ProgramEnvironment(Terminal terminal, StopSignal stop) implements ZerorpcCommand.Environment {
        @Override
        public Object load(String classOrFile) {
            String classPath = System.getenv("CLASSPATH");
            String entries = classPath == null ? "" : classPath;
            String existing = Arrays.stream(entries.split(File.pathSeparator))
                    .filter(entry -> !entry.isEmpty() && Files.exists(Path.of(entry)))
                    .collect(Collectors.joining(File.pathSeparator));
            try {
                return new EndpointLoader(existing.isEmpty() ? "." : "." + File.pathSeparator + existing)
                        .load(classOrFile);
            } catch (CommandException e) {
                e.details().forEach(terminal::detail);
                throw e;
            }
        }

        @Override
        public void debug() {
            Logging.verbosity(DEBUG);
        }

        @Override
        public void awaitStop() {
            stop.awaitUnwatched();
        }
    }
}
