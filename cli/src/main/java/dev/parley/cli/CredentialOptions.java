package dev.parley.cli;

import dev.parley.Address;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the credentials of a caller come from, other than the address: files and the environment. Not thread-safe. */
final class CredentialOptions {
    private static final String TOKEN = "PARLEY_TOKEN";
    private static final String USER = "PARLEY_USER";
    private static final String PASSWORD = "PARLEY_PASSWORD";

    @Option(
            names = "--user-file",
            paramLabel = "FILE",
            description = "Call as the user of this file, a line NAME:PASSWORD, which keeps the password out of the"
                    + " process list; over HTTP and WebSocket. Default: the variables " + USER + " and " + PASSWORD
                    + ".")
    private @Nullable Path userFile;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Call with the bearer token in this file, over HTTP and WebSocket. Default: the variable "
                    + TOKEN + ".")
    private @Nullable Path tokenFile;

    /**
     * The address with the credentials. What it says itself takes precedence over the environment.
     *
     * @throws CommandException if the options contradict each other or the address, or a file cannot be used
     */
    Address apply(Address peer, Map<String, String> environment) {
        boolean given = userFile != null || tokenFile != null;
        if (userFile != null && tokenFile != null) {
            throw CommandException.usage("--user-file and --token-file: a request carries only one of them");
        }
        if (!peer.scheme().matches(".*\\+(http|https|unix|ws|wss)")) {
            if (given) {
                throw CommandException.usage((userFile != null ? "--user-file: " : "--token-file: ") + peer.scheme()
                        + " carries no such credentials; HTTP and WebSocket do");
            }
            return peer;
        }
        if (peer.user() != null || peer.options().containsKey("token")) {
            if (given) {
                throw CommandException.usage(
                        (userFile != null ? "--user-file" : "--token-file") + ": the address has credentials already");
            }
            return peer;
        }
        if (userFile != null) {
            String line = line("--user-file", userFile);
            int colon = line.indexOf(':');
            if (colon < 1) {
                // The text is not shown, since it may be a secret.
                throw CommandException.usage("--user-file " + userFile + ": the line must be NAME:PASSWORD");
            }
            return withUser(peer, line.substring(0, colon), line.substring(colon + 1));
        } else if (tokenFile != null) {
            return withToken(peer, line("--token-file", tokenFile));
        }
        String token = environment.getOrDefault(TOKEN, "");
        String user = environment.getOrDefault(USER, "");
        if (!token.isEmpty() && !user.isEmpty()) {
            throw CommandException.usage("the variables " + TOKEN + " and " + USER + " are both set; a request carries"
                    + " only one of them");
        }
        return !token.isEmpty()
                ? withToken(peer, token)
                : user.isEmpty() ? peer : withUser(peer, user, environment.getOrDefault(PASSWORD, ""));
    }

    private static Address withUser(Address peer, String user, String password) {
        return Address.parse(peer.toUri().replaceFirst("://", "://" + encode(user) + ":" + encode(password) + "@"));
    }

    private static Address withToken(Address peer, String token) {
        String text = peer.toUri();
        return Address.parse(text + (text.contains("?") ? "&" : "?") + "token=" + encode(token));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The one line of a file that is neither blank nor a comment. */
    private static String line(String option, Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .findFirst()
                    .map(String::strip)
                    .orElseThrow(() -> CommandException.usage(option + " " + file + ": the file is empty"));
        } catch (IOException e) {
            throw CommandException.usage(option + " " + file + ": the file cannot be read as UTF-8 text", e);
        }
    }
}
