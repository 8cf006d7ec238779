package dev.parley.cli.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules and messages of argparse. The table of the command has more. */
class OptionReaderTest {
    private final OptionReader reader = new OptionReader(
            List.of(
                    Option.flag("", "-h", "--help"),
                    Option.flag("", "-a", "--all"),
                    Option.flag("", "-b", "--brief"),
                    Option.flag("", "--brisk").excluding("-a"),
                    Option.number("N", "", "--size"),
                    Option.text("X", "", "-o", "--out")),
            "-h",
            List.of("first", "rest"));

    private OptionReader.Result read(String... arguments) {
        return reader.read(List.of(arguments));
    }

    @Test
    void lettersMayBeJoined() {
        OptionReader.Result result = read("-ab");

        assertThat(result.has("-a")).isTrue();
        assertThat(result.has("-b")).isTrue();
    }

    @Test
    void theLastValueCountsAndAllAreKept() {
        OptionReader.Result result = read("--size", "1", "--si=+2", "-o", "x", "-oy", "--ou", "z");

        assertThat(result.last("--size")).isEqualTo("2");
        assertThat(result.all("-o")).containsExactly("x", "y", "z");
    }

    @Test
    void wordsAreTakenAtOnce() {
        assertThat(read("-a", "x", "-1", "--", "-b", "--").words("rest")).containsExactly("-1", "-b", "--");
        assertThatThrownBy(() -> read("x", "-a", "y"))
                .isInstanceOf(UsageException.class)
                .hasMessage("unrecognized arguments: y");
    }

    @Test
    void whatCannotBeReadIsTold() {
        assertThatThrownBy(() -> read("--br")).hasMessage("ambiguous option: --br could match --brief, --brisk");
        assertThatThrownBy(() -> read("--size", "x")).hasMessage("argument --size: invalid int value: 'x'");
        assertThatThrownBy(() -> read("--out")).hasMessage("argument -o/--out: expected one argument");
        assertThatThrownBy(() -> read("-a", "--brisk"))
                .hasMessage("argument --brisk: not allowed with argument -a/--all");
        assertThatThrownBy(() -> read("-ax")).hasMessage("argument -a/--all: ignored explicit argument 'x'");
        assertThatThrownBy(() -> read("-z", "--zz=1")).hasMessage("unrecognized arguments: -z --zz=1");
    }

    @Test
    void helpEndsReading() {
        assertThat(read("-h", "--size", "x").help()).isTrue();
        assertThat(read("-ah").help()).isTrue();
    }
}
