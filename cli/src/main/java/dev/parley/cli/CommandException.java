package dev.parley.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends a command with a message for its user and an exit code of {@link ExitCode}. */
final class CommandException extends RuntimeException {
    private final int exitCode;
    private final List<String> details;

    private CommandException(int exitCode, String message, List<String> details, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.details = List.copyOf(details);
    }

    /** What the user asked for makes no sense or is not there. */
    static CommandException usage(String message) {
        return new CommandException(ExitCode.USAGE, message, List.of(), null);
    }

    /** As {@link #usage(String)}, with the error that told it. */
    static CommandException usage(String message, Throwable cause) {
        return new CommandException(ExitCode.USAGE, message, List.of(), cause);
    }

    /** What the user asked for was tried and failed. */
    static CommandException failed(String message) {
        return new CommandException(ExitCode.REMOTE_FAILURE, message, List.of(), null);
    }

    /** There is nothing to connect to. */
    static CommandException noConnection(String message) {
        return new CommandException(ExitCode.NO_CONNECTION, message, List.of(), null);
    }

    /** A source file does not compile, as the compiler's messages tell. */
    static CommandException compilation(String file, List<String> messages) {
        return new CommandException(ExitCode.USAGE, file + " does not compile", messages, null);
    }

    /** What is to be printed before the message, as it is. */
    List<String> details() {
        return details;
    }

    int exitCode() {
        return exitCode;
    }
}
