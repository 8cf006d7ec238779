package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Who may call a served class, and how callers give their credentials. */
@Timeout(240)
class CredentialsTest {
    private static final String PASSWORD = "pass: wörd%";

    @TempDir
    Path folder;

    private static Cli.Run password(Path file, String name, String password) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            return Cli.run("password", file.toString(), name);
        } finally {
            System.setIn(before);
        }
    }

    private String file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void callersLogIn() throws Exception {
        Path users = folder.resolve("users");
        assertThat(password(users, "alice", "other").err()).contains("added alice in", "fewer than 8 characters");
        Cli.Run changed = password(users, "alice", PASSWORD);
        assertThat(changed.exitCode()).isZero();
        assertThat(changed.out()).isEmpty();
        assertThat(changed.err()).contains("changed the password of alice").doesNotContain(PASSWORD);
        assertThat(Files.readAllLines(users)).singleElement().asString().startsWith("alice:$pbkdf2-sha256$");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users)))
                .isEqualTo("rw-------");

        Path tokens = folder.resolve("tokens");
        String token = Cli.run("token", tokens.toString(), "robot").line();
        assertThat(Cli.run("token", tokens.toString(), "robot").err()).contains("added another token of robot");
        assertThat(Files.readString(tokens)).doesNotContain(token).startsWith("robot:sha256:");
        String allowed = file("allowed", "alice: add hi\nrobot: add\nanonymous: hi\n");

        try (Cli.Serving server = new Cli.Serving(
                1,
                "serve",
                "dev.parley.cli.Calculator",
                "--listen",
                "jsonrpc+http://127.0.0.1:0/jsonrpc",
                "--user-file",
                users.toString(),
                "--token-file",
                tokens.toString(),
                "--allow-file",
                allowed)) {
            String address = server.addresses().getFirst();
            String user = file("user", "alice:" + PASSWORD + "\n");
            assertThat(Cli.run("call", address, "add", "2", "3", "--user-file", user)
                            .line())
                    .isEqualTo("5");
            Cli.Run robot = Cli.run("call", address, "add", "2", "3", "--token-file", file("token", token + "\n"));
            assertThat(robot.line()).as(robot.err()).isEqualTo("5");
            Cli.Run inspected = Cli.run(
                    "inspect", address, "--token-file", folder.resolve("token").toString());
            assertThat(inspected.out()).contains("add(").doesNotContain("hello(", "subtract(");
            Cli.Run refused = Cli.run("call", address, "other", "--user-file", user);
            assertThat(refused.err()).contains("AccessDeniedException", "alice may not call the method other");
            Cli.Run wrong = Cli.run("call", address, "add", "2", "3", "--user-file", file("wrong", "alice:l00king"));
            assertThat(wrong.exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
            assertThat(wrong.err()).contains("401", "credentials are refused").doesNotContain("l00king");
            Cli.Run none = Cli.run("call", address, "add", "2", "3");
            assertThat(none.exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
        }
    }

    @Test
    void theEnvironmentHasCredentialsToo() throws Exception {
        CredentialOptions options = new CredentialOptions();
        Address address = Address.parse("jsonrpc+http://127.0.0.1:1/x?peer=strict");
        Address user = options.apply(address, Map.of("PARLEY_USER", "a@b", "PARLEY_PASSWORD", PASSWORD));
        assertThat(user.user()).isEqualTo("a@b");
        assertThat(user.password()).isEqualTo(PASSWORD);
        assertThat(user.path()).isEqualTo("/x");
        Address token = options.apply(address, Map.of("PARLEY_TOKEN", "t+/= 1"));
        assertThat(token.options()).containsEntry("token", "t+/= 1").containsEntry("peer", "strict");
        // What the address says takes precedence, and other wires have no such credentials.
        for (String other : List.of(
                "jsonrpc+http://u:p@127.0.0.1:1/", "jsonrpc+ws://127.0.0.1:1/?token=t", "zerorpc+tcp://127.0.0.1:1")) {
            Address given = Address.parse(other);
            assertThat(options.apply(given, Map.of("PARLEY_TOKEN", "x"))).isEqualTo(given);
        }
        assertThatThrownBy(() -> options.apply(address, Map.of("PARLEY_TOKEN", "x", "PARLEY_USER", "y")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("both set");
    }

    @Test
    void mistakesAreTold() throws Exception {
        String plain = file("plain", "alice:secret99\n");
        usage("line 1 of " + plain + ": the password is not hashed", "secret99", "--user-file", plain);
        String none = folder.resolve("none").toString();
        usage("none cannot be read", "", "--token-file", none);
        usage("--key needs --cert", "", "--key", none);
        usage("--client-ca needs --cert", "", "--client-ca", none);
        usage("--allow-anonymous needs --user-file", "", "--allow-anonymous");
        usage("--cert " + none, "ssl_", "--cert", none);

        String address = "jsonrpc+http://127.0.0.1:1/";
        for (String[] line : new String[][] {
            {"must be NAME:PASSWORD", address, "--user-file", file("bad", "secret99")},
            {"the file is empty", address, "--token-file", file("empty", "\n")},
            {"carries only one of them", address, "--token-file", plain, "--user-file", plain},
            {"has credentials already", "jsonrpc+http://u:p@127.0.0.1:1/", "--user-file", plain},
            {"zerorpc+tcp carries no such credentials", "tcp://127.0.0.1:1", "--user-file", plain}
        }) {
            String[] call = new String[line.length + 1];
            call[0] = "call";
            call[1] = line[1];
            call[2] = "m";
            System.arraycopy(line, 2, call, 3, line.length - 2);
            Cli.Run run = Cli.run(call);
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains(line[0]).doesNotContain("secret99");
        }
        assertThat(Cli.run("token", folder.resolve("t").toString(), "a:b").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(password(folder.resolve("p"), "a", "").err()).contains("the password is empty");
    }

    private static void usage(String message, String hidden, String... options) {
        Cli.Run run = Cli.serve(options);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(message);
        if (!hidden.isEmpty()) {
            assertThat(run.err()).doesNotContain(hidden);
        }
    }
}
