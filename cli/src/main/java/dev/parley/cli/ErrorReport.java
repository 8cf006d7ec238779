package dev.parley.cli;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.spi.PrintableText;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import tools.jackson.core.JacksonException;

/** Tells an error in one line on standard error, with {@code -v} its traceback too, and finds the exit code. */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Terminal terminal;

    ErrorReport(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        String message = error.getCause() instanceof RpcException cause ? cause.getMessage() : error.getMessage();
        terminal.error(oneLine(String.valueOf(message)));
        CommandLine.UnmatchedArgumentException.printSuggestions(error, command.getErr());
        terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        if (error instanceof ParameterException usage) {
            return handleParseException(usage, new String[0]);
        }
        if (error instanceof CommandException known) {
            known.details().forEach(terminal::detail);
        }
        terminal.error(line(error));
        if (Logging.verbose() && error instanceof RpcException rpc && rpc.data() != null) {
            terminal.detail("data: " + data(rpc.data()));
        }
        boolean expected = error instanceof RpcException || error instanceof CommandException;
        if (Logging.verbose()
                && error instanceof RemoteException remote
                && !remote.traceback().isEmpty()) {
            remote.traceback().forEach(line -> terminal.detail(line.stripTrailing()));
        } else if (Logging.verbose() || !expected) {
            PrintableText.error(error).printStackTrace(terminal.err());
        }
        return exitCode(error);
    }

    /** Tells an error that no command expects; returns the exit code. */
    int report(Error error) {
        terminal.error(line(error));
        if (Logging.verbose()) {
            PrintableText.error(error).printStackTrace(terminal.err());
        }
        return exitCode(error);
    }

    private static String data(Object data) {
        try {
            return Json.mapper().writeValueAsString(data);
        } catch (JacksonException e) {
            return data.toString();
        }
    }

    /** The error in one line: its type, message and code. */
    static String line(Throwable error) {
        String message = oneLine(error.getMessage() == null ? "" : error.getMessage());
        if (error instanceof CommandException) {
            return message;
        } else if (error instanceof RemoteException remote) {
            String module = remote.module();
            String type = (module == null || module.equals("builtins") ? "" : module + ".") + remote.type();
            return type + ": " + oneLine(remote.remoteMessage()) + code(error);
        }
        return error.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message) + code(error);
    }

    private static String code(Throwable error) {
        return error instanceof RpcException rpc && rpc.code() != null ? " (code " + rpc.code() + ")" : "";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " | ");
    }

    static int exitCode(Throwable error) {
        return switch (error) {
            case CommandException known -> known.exitCode();
            case RpcTimeoutException timeout -> ExitCode.TIMEOUT;
            case ConnectionLostException lost -> ExitCode.NO_CONNECTION;
            case AccessDeniedException denied -> ExitCode.NO_CONNECTION;
            case DeliveryException nobody -> ExitCode.NO_CONNECTION;
            // An address that asks for what its wire cannot do, such as a fanout without a broker.
            case InvalidTargetException target -> ExitCode.USAGE;
            default -> ExitCode.REMOTE_FAILURE;
        };
    }
}
