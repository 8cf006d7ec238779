package dev.parley.cli;

import dev.parley.security.UserFile;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code parley password}. */
@Command(
        name = "password",
        description = {
            "Sets the password of a user in a file for 'parley serve --user-file', which is made if it is not there.",
            "Asks for the password, or reads it from standard input; the file gets its hash (PBKDF2)."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley password users alice",
            "  pass show rpc/alice | parley password users alice"
        })
final class PasswordCommand implements Callable<Integer> {
    private static final int SHORTEST = 8;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
    private @Nullable Path file;

    @Parameters(index = "1", paramLabel = "NAME", description = "The user's name.")
    private @Nullable String name;

    PasswordCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        assert file != null && name != null;
        String entry;
        try {
            String password = password();
            if (password.isEmpty()) {
                throw CommandException.usage("the password is empty");
            }
            if (password.length() < SHORTEST) {
                terminal.note("the password has fewer than " + SHORTEST + " characters");
            }
            entry = UserFile.entry(name, password);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), e);
        }
        boolean known = SecretFile.put(file, name, entry, true);
        terminal.note((known ? "changed the password of " : "added ") + name + " in " + file);
        return ExitCode.OK;
    }

    /** From the terminal, without showing it, or else from standard input. */
    private static String password() throws IOException {
        Console console = terminal();
        if (console == null) {
            String line = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return line == null ? "" : line;
        }
        char[] first = console.readPassword("Password: ");
        char[] second = console.readPassword("Again: ");
        if (first == null || second == null) {
            throw CommandException.usage("no password was given");
        }
        if (!Arrays.equals(first, second)) {
            throw CommandException.usage("the passwords differ");
        }
        return new String(first);
    }

    /** The terminal; {@code null} if there is none. Since Java 22 there is a console without a terminal too. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable Console terminal() {
        Console console = System.console();
        try {
            return console == null
                            || (boolean) Console.class.getMethod("isTerminal").invoke(console)
                    ? console
                    : null;
        } catch (NoSuchMethodException e) {
            return console;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
