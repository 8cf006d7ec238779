package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.Cli.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"demo", "serve", "call", "cast", "fanout", "inspect", "broker", "ping", "queues", "dead-letters"
            })
    void everyCommandHasHelpOnStandardOutput(String command) {
        Run run = Cli.run(command, "--help");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).startsWith("Usage: parley " + command).contains("Example");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theHelpOfTheCommandItselfListsTheOthers() {
        assertThat(Cli.run("--help").out())
                .contains("demo", "serve", "call", "cast", "fanout", "inspect", "broker", "Exit status");
    }

    @Test
    void colourIsForTerminals() {
        assertThat(Cli.run("--help").out()).doesNotContain("\033[");
        assertThat(Cli.runOnTerminal("--help").out()).contains("\033[");
    }

    @Test
    void theVersionNamesJavaToo() {
        assertThat(Cli.run("--version").out()).startsWith("parley ").contains("Java " + Runtime.version());
    }

    @Test
    void completionIsAShellScript() {
        assertThat(Cli.run("generate-completion").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("--rpc-version");
    }

    @Test
    void aWrongCommandLineIsToldInALineWithAHint() {
        assertUsage("Missing COMMAND");
        assertUsage("'cal'", "cal");
        assertUsage("Missing required parameters: 'ADDRESS', 'METHOD'", "call");
        assertUsage("'--nope'", "inspect", "tcp://127.0.0.1:1", "--nope");
        assertUsage("'soon' is not a time", "call", "tcp://127.0.0.1:1", "add", "--timeout", "soon");
        assertUsage("'10.0.0.1' has no scheme", "call", "10.0.0.1", "add");
    }

    private static void assertUsage(String message, String... args) {
        Run run = Cli.run(args);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("parley: ").contains(message).contains("--help'.");
    }

    @Test
    void anUnknownSchemeIsUsageForEveryCommand() {
        String address = "unheard://h:1";
        assertUnknownScheme("call", address, "m");
        assertUnknownScheme("cast", address, "m");
        assertUnknownScheme("fanout", address, "m");
        assertUnknownScheme("inspect", address);
        assertUnknownScheme("serve", "java.lang.Math", "--listen", address);
    }

    @Test
    void aSchemeOfSeveralProtocolsAsksForOne() {
        Run run = Cli.run("call", "http://127.0.0.1:1/x", "m");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("does not tell which protocol to speak; write")
                .contains("jsonrpc+http://…")
                .contains("xmlrpc+http://…");
    }

    private static void assertUnknownScheme(String... args) {
        Run run = Cli.run(args);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith("parley: ")
                .contains("unknown scheme 'unheard'")
                .hasLineCount(1);
    }
}
