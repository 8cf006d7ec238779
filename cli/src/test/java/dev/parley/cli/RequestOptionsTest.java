package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.ArgumentStyle;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class RequestOptionsTest {
    @Command(name = "try")
    private static final class Try {
        @Mixin
        private RequestOptions request = new RequestOptions();
    }

    private static RequestOptions parse(String... arguments) {
        Try command = new Try();
        String[] line = Stream.concat(Stream.of("tcp://127.0.0.1:1", "add"), Arrays.stream(arguments))
                .toArray(String[]::new);
        new CommandLine(command)
                .setUnmatchedOptionsArePositionalParams(true)
                .setExpandAtFiles(false)
                .parseArgs(line);
        command.request.check();
        return command.request;
    }

    private static List<Object> positional(String... arguments) {
        return ((Args.Positional) parse(arguments).arguments(ArgumentStyle.EITHER)).values();
    }

    private static Map<String, Object> named(ArgumentStyle style, String... arguments) {
        return ((Args.Named) parse(arguments).arguments(style)).values();
    }

    @Test
    void anArgumentThatIsJsonIsJsonAndElseText() {
        assertThat(positional("2", "2.5", "true", "null", "\"2\"", "[1,\"a\"]", "{\"a\":null}", "1e3"))
                .containsExactly(
                        2,
                        2.5,
                        true,
                        null,
                        "2",
                        List.of(1, "a"),
                        java.util.Collections.singletonMap("a", null),
                        1000.0);
        assertThat(positional(
                        "hello", "%Y/%m/%d", "", " ", "007", "1 2", "{a:1}", "True", "@home", "a=b", "NaN", "//x"))
                .containsExactly(
                        "hello", "%Y/%m/%d", "", " ", "007", "1 2", "{a:1}", "True", "@home", "a=b", "NaN", "//x");
        assertThat(positional("123456789012345678901234567890"))
                .containsExactly(new BigInteger("123456789012345678901234567890"));
    }

    @Test
    void negativeNumbersAreNoOptions() {
        assertThat(positional("-5", "-0.5", "--timeout", "3", "-1e3")).containsExactly(-5, -0.5, -1000.0);
        assertThat(positional("--", "-x", "--timeout")).containsExactly("-x", "--timeout");
    }

    @Test
    void mistypedOptionsAreRefused() {
        assertThatThrownBy(() -> parse("1", "--timout", "3"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("'--timout'")
                .hasMessageContaining("write --");
        assertThatThrownBy(() -> parse("-x")).isInstanceOf(ParameterException.class);
    }

    @Test
    void withJEveryArgumentMustBeJson() {
        assertThat(((Args.Positional) parse("-j", "2", "\"x\"").arguments(ArgumentStyle.EITHER)).values())
                .containsExactly(2, "x");
        assertThatThrownBy(() -> parse("-j", "x").arguments(ArgumentStyle.EITHER))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("'x' is not JSON");
        assertThatThrownBy(() -> parse("-j", "").arguments(ArgumentStyle.EITHER))
                .isInstanceOf(CommandException.class);
        assertThatThrownBy(() -> parse("-j", "--named", "a=x").arguments(ArgumentStyle.EITHER))
                .isInstanceOf(CommandException.class);
    }

    @Test
    void namedArgumentsAreAskedForOrWhatTheWireCarries() {
        assertThat(named(ArgumentStyle.EITHER, "--named", "x=2", "text=a=b", "empty="))
                .containsExactly(Map.entry("x", 2), Map.entry("text", "a=b"), Map.entry("empty", ""));
        assertThat(named(ArgumentStyle.NAMED, "x=[1]")).containsExactly(Map.entry("x", List.of(1)));
        assertThat(named(ArgumentStyle.NAMED)).isEmpty();
    }

    @Test
    void argumentsThatTheWireCannotCarryAreToldBeforeTheCall() {
        assertThatThrownBy(() -> parse("2").arguments(ArgumentStyle.NAMED))
                .isInstanceOf(CommandException.class)
                .hasMessage("zerorpc+tcp carries named arguments only: write each ARG as NAME=VALUE, not '2'");
        assertThatThrownBy(() -> parse("--named", "x=2").arguments(ArgumentStyle.POSITIONAL))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("carries no named arguments");
        assertThatThrownBy(() -> parse("--named", "=2").arguments(ArgumentStyle.EITHER))
                .isInstanceOf(CommandException.class);
        assertThatThrownBy(() -> parse("--named", "x=2", "x=3").arguments(ArgumentStyle.EITHER))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("'x' is given twice");
    }
}
