package dev.parley.cli;

import dev.parley.security.TokenFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code parley token}. */
@Command(
        name = "token",
        description = {
            "Makes a new bearer token and prints it. A file for 'parley serve --token-file', which is made if it is not"
                    + " there, gets its hash; the token itself is shown this once.",
            "Other tokens of the name stay valid until their lines are removed."
        },
        sortOptions = false,
        footer = {"", "Example:", "  parley token tokens robot > robot.token"})
final class TokenCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
    private @Nullable Path file;

    @Parameters(index = "1", paramLabel = "NAME", description = "The name of who gets the token.")
    private @Nullable String name;

    TokenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        assert file != null && name != null;
        String token = TokenFile.newToken();
        String entry;
        try {
            entry = TokenFile.entry(name, token);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), e);
        }
        boolean known = SecretFile.put(file, name, entry, false);
        terminal.result(token);
        terminal.note("added " + (known ? "another" : "a") + " token of " + name + " to " + file);
        return ExitCode.OK;
    }
}
