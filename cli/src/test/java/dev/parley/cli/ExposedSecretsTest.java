package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExposedSecretsTest {
    @Test
    void passwordsAndTokensInAddressesAreNoted() {
        assertThat(ExposedSecrets.note("call", "rabbit://user:k7x@127.0.0.1/", "m"))
                .isEqualTo("other users of this machine can see the password in the address; safer: the transport_url"
                        + " of a file, by --config-file");
        assertThat(ExposedSecrets.note("call", "rabbit://guest:guest@broker.example/", "m"))
                .contains("the password");
        assertThat(ExposedSecrets.note("serve", "X", "--listen=xmlrpc+http://u:k7x@0.0.0.0:1/"))
                .contains("--user-file, or the variables PARLEY_USER and PARLEY_PASSWORD");
        assertThat(ExposedSecrets.note("ping", "jsonrpc+ws://127.0.0.1:1/?peer=strict&token=k7x"))
                .contains("see the token in the address; safer: --token-file, or the variable PARLEY_TOKEN");
    }

    @Test
    void addressesWithoutSecretsAreNot() {
        for (String address : new String[] {
            "rabbit://guest:guest@127.0.0.1:5672/",
            "rabbit://guest:guest@localhost/",
            "kombu://guest:guest@[::1]:5672/",
            "rabbit://user@broker/",
            "rabbit://broker:5672/a@b",
            "jsonrpc+http://127.0.0.1:1/x?retries=2",
            "tcp://127.0.0.1:1",
            "http://u:p@data/"
        }) {
            assertThat(ExposedSecrets.note("call", address, "m")).as(address).isNull();
        }
    }

    @Test
    void aCommandNotesItOnceWithoutThePassword() {
        Cli.Run run = Cli.run("call", "jsonrpc+http://u:k7x@127.0.0.1:1/", "m", "jsonrpc+http://u:k7x@127.0.0.1:1/");

        assertThat(run.err().lines().filter(line -> line.contains("other users of this machine")))
                .singleElement()
                .asString()
                .startsWith("parley: ");
        assertThat(run.err()).doesNotContain("k7x");
        assertThat(run.exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
    }
}
