package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ValuePrinterTest {
    @Command(name = "try")
    private static final class Try {
        @Mixin
        private ValuePrinter printer = new ValuePrinter();
    }

    private static String print(Object value, boolean interactive, boolean colour, String... options) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Try command = new Try();
        new CommandLine(command).parseArgs(options);
        command.printer.print(value, new Terminal(out, out, interactive, colour, colour, 80));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> sample() {
        Map<String, Object> sample = new LinkedHashMap<>();
        sample.put("a\"b", List.of(1, 2.5));
        sample.put("list", List.of(Map.of("x", true), List.of()));
        sample.put("none", null);
        return sample;
    }

    @Test
    void elsewhereThanOnATerminalItIsCompactJson() {
        assertThat(print(sample(), false, false))
                .isEqualTo("{\"a\\\"b\":[1,2.5],\"list\":[{\"x\":true},[]],\"none\":null}\n");
        assertThat(print("grüße\n", false, false)).isEqualTo("\"grüße\\n\"\n");
        assertThat(print(null, false, false)).isEqualTo("null\n");
        assertThat(print(new byte[] {1, 2}, false, false)).isEqualTo("\"AQI=\"\n");
    }

    @Test
    void onATerminalItIsIndented() {
        assertThat(print(sample(), true, false)).isEqualTo("""
                        {
                          "a\\"b": [1, 2.5],
                          "list": [
                            {
                              "x": true
                            },
                            []
                          ],
                          "none": null
                        }
                        """);
        assertThat(print(Map.of("k", "v"), true, true))
                .isEqualTo("{\n  \033[34m\"k\"\033[0m: \033[32m\"v\"\033[0m\n}\n");
        assertThat(print(Arrays.asList(1, null), true, true)).isEqualTo("[\033[36m1\033[0m, \033[2mnull\033[0m]\n");
    }

    @Test
    void rawIsAsItIs() {
        assertThat(print("x \"y\"", true, true, "--raw")).isEqualTo("x \"y\"\n");
        assertThat(print("ab".getBytes(StandardCharsets.UTF_8), true, true, "--raw"))
                .isEqualTo("ab");
        assertThat(print(null, true, true, "--raw")).isEmpty();
        assertThat(print(List.of("x", 1), true, true, "--raw")).isEqualTo("[\"x\",1]\n");
    }
}
