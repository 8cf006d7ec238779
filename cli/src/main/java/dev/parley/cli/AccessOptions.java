package dev.parley.cli;

import dev.parley.InvalidTargetException;
import dev.parley.RpcServer;
import dev.parley.jwt.JwtAuthenticator;
import dev.parley.jwt.JwtAuthenticatorBuilder;
import dev.parley.security.AllowFile;
import dev.parley.security.Authenticator;
import dev.parley.security.TokenFile;
import dev.parley.security.UserFile;
import dev.parley.spi.TlsFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code serve} that say who may call, and with what keys it serves. Not thread-safe. */
final class AccessOptions {
    /** The variable with the password of {@code --key}. */
    private static final String KEY_PASSWORD = "PARLEY_KEY_PASSWORD";

    @Option(
            names = "--user-file",
            paramLabel = "FILE",
            description = "Let the users of this file call, by name and password (HTTP, WebSocket);"
                    + " 'parley password' writes such files.")
    private @Nullable Path userFile;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Let those call who have a token of this file (HTTP, WebSocket); 'parley token' writes such files.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--jwt-keys",
            paramLabel = "FILE|URL",
            description =
                    "Let those call who have a JSON Web Token (HTTP, WebSocket) that is signed with one of these keys: a"
                            + " JWK set or PEM, or the https URL of a JWK set. Needs --jwt-issuer and --jwt-audience.")
    private @Nullable String jwtKeys;

    @Option(names = "--jwt-issuer", paramLabel = "NAME", description = "What the claim 'iss' of these tokens must be.")
    private @Nullable String jwtIssuer;

    @Option(
            names = "--jwt-audience",
            paramLabel = "NAME,…",
            split = ",",
            description = "What their claim 'aud' must be or contain; of several, one.")
    private List<String> jwtAudiences = List.of();

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description = "Let those call who have a TLS certificate of these authorities, in PEM. Needs --cert.")
    private @Nullable Path clientCa;

    @Option(
            names = "--allow-anonymous",
            description = "Beside these, let callers without credentials in, as 'anonymous' for --allow-file.")
    private boolean anonymous;

    @Option(
            names = "--allow-file",
            paramLabel = "FILE",
            description = "Who may call what: lines 'NAME: METHOD METHOD…'; * stands for any name, and for any"
                    + " characters in a method's. Default: everybody who may call, everything.")
    private @Nullable Path allowFile;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "The certificate for https, wss and jsonrpc+tls, with those of its authorities, in PEM; or a"
                    + " PKCS #12 file with the key too.")
    private @Nullable Path cert;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "The certificate's key in PKCS #8, PEM. Its password, if it has one, is taken from the"
                    + " variable " + KEY_PASSWORD + ". Default: the file of --cert.")
    private @Nullable Path key;

    /** Whether there are files that may change while the server runs. */
    boolean hasFiles() {
        return userFile != null || tokenFile != null || jwtKeys != null || allowFile != null || cert != null;
    }

    /**
     * Sets what was asked for.
     *
     * @throws CommandException if options do not fit together, or a file cannot be used
     */
    void apply(RpcServer.Builder builder) {
        if (cert == null && (key != null || clientCa != null)) {
            throw CommandException.usage((key != null ? "--key" : "--client-ca") + " needs --cert");
        }
        List<Authenticator> authenticators = new ArrayList<>();
        try {
            if (userFile != null) {
                authenticators.add(UserFile.of(userFile));
            }
            if (tokenFile != null) {
                authenticators.add(TokenFile.of(tokenFile));
            }
            JwtAuthenticator tokens = jwt();
            if (tokens != null) {
                authenticators.add(tokens);
            }
            if (clientCa != null) {
                authenticators.add(Authenticator.certificates());
            }
            if (authenticators.isEmpty() && anonymous) {
                throw CommandException.usage(
                        "--allow-anonymous needs --user-file, --token-file, --jwt-keys or --client-ca beside it");
            } else if (anonymous) {
                authenticators.add(Authenticator.anonymous());
            }
            if (!authenticators.isEmpty()) {
                builder.authenticator(Authenticator.firstOf(authenticators));
            }
            if (allowFile != null) {
                builder.authorizer(AllowFile.of(allowFile));
            }
            if (cert != null) {
                TlsFiles files = new TlsFiles(text(clientCa), text(cert), text(key), System.getenv(KEY_PASSWORD));
                // Now, so that a file that cannot be used is told before anything starts.
                Object unused = files.context();
                builder.tls(files::context);
            }
        } catch (InvalidTargetException e) {
            throw CommandException.usage(message(e), e);
        }
    }

    private @Nullable JwtAuthenticator jwt() {
        if (jwtKeys == null && jwtIssuer == null && jwtAudiences.isEmpty()) {
            return null;
        } else if (jwtKeys == null || jwtIssuer == null || jwtAudiences.isEmpty()) {
            throw CommandException.usage(
                    "--jwt-keys, --jwt-issuer and --jwt-audience need each other: without all three"
                            + " tokens that were made for other servers would be accepted");
        }
        try {
            JwtAuthenticatorBuilder builder =
                    JwtAuthenticator.builder().issuer(jwtIssuer).audience(jwtAudiences.toArray(String[]::new));
            return (jwtKeys.contains("://") ? builder.keysUrl(URI.create(jwtKeys)) : builder.keyFile(Path.of(jwtKeys)))
                    .build();
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--jwt-keys, --jwt-issuer or --jwt-audience: " + e.getMessage(), e);
        }
    }

    /** The message with the options of the command instead of those of an address. */
    private static String message(InvalidTargetException error) {
        return String.valueOf(error.getMessage())
                .replace("ssl_ca_file=", "--client-ca ")
                .replace("ssl_cert_file=", "--cert ")
                .replace("ssl_key_file=", "--key ")
                .replace("set ssl_key_password", "set the variable " + KEY_PASSWORD)
                .replace("ssl_key_password", "the variable " + KEY_PASSWORD)
                .replace("ssl_key_file", "--key")
                .replace("ssl_cert_file", "--cert");
    }

    private static @Nullable String text(@Nullable Path file) {
        return file == null ? null : file.toString();
    }
}
