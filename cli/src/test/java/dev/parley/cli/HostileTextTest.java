package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Doc;
import dev.parley.RpcServer;
import dev.parley.cli.Cli.Run;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server sends never controls the terminal. */
class HostileTextTest {
    /** Sets the window title, clears the screen with a C1 control, turns the direction of text, rings the bell. */
    private static final String HOSTILE = "\033]0;owned\007\u009b2J\u202e";

    /** Serves hostile text. */
    public static final class Hostile {
        /** Fails with it. */
        @Doc(HOSTILE)
        public void fail() {
            throw new IllegalStateException(HOSTILE);
        }

        /** Returns it, as member name and value. */
        public Map<String, List<String>> values() {
            return Map.of(HOSTILE, List.of(HOSTILE));
        }

        /** Returns it. */
        public String text() {
            return HOSTILE;
        }
    }

    private final RpcServer server = RpcServer.builder()
            .listen("jsonrpc+tcp://127.0.0.1:0")
            .listen("tcp://127.0.0.1:0")
            .endpoint(new Hostile())
            .build();

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Parley's own colors are control sequences that it may send. */
    private static String withoutColors(Run run) {
        return (run.out() + run.err()).replaceAll("\033\\[\\d+m", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void notInErrors(int address) {
        Run run =
                Cli.runOnTerminal("call", "-v", server.addresses().get(address).toString(), "fail");
        assertThat(run.exitCode()).isNotZero();
        assertThat(withoutColors(run)).contains("?]0;owned??2J?").doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"values", "text"})
    void notInResults(String method) {
        for (String option : List.of("--timeout=30s", "--raw")) {
            Run run = Cli.runOnTerminal("call", server.addresses().getFirst().toString(), method, option);
            assertThat(run.exitCode()).isZero();
            assertThat(withoutColors(run)).contains("owned").doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");
        }
    }

    @Test
    void resultsInAPipeAreData() {
        String address = server.addresses().getFirst().toString();
        assertThat(Json.read(Cli.run("call", address, "values").out())).isEqualTo(Map.of(HOSTILE, List.of(HOSTILE)));
        assertThat(Cli.run("call", address, "text", "--raw").out()).isEqualTo(HOSTILE + "\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void notInDocumentation(int address) {
        Run run = Cli.runOnTerminal("inspect", server.addresses().get(address).toString());
        assertThat(withoutColors(run)).contains("?]0;owned??2J?").doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");
    }
}
