package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PrintableTextTest {
    /** Escape, bell, C1's control sequence introducer, a mark of text direction, half a surrogate pair, a NUL. */
    private static final String HOSTILE = "a\033]0;title\007b\u009b31mc\u202ed\ud800e\0f";

    private static final String SHOWN = "a?]0;title?b?31mc?d?e?f";

    @Test
    void oneLineHasNoControlCharactersAndNoLineEnds() {
        assertThat(PrintableText.line(HOSTILE)).isEqualTo(SHOWN);
        assertThat(PrintableText.line(" x \r\n\t 2026 ERROR forged\u2028y ")).isEqualTo("x 2026 ERROR forged y");
        assertThat(PrintableText.line(null)).isEqualTo("null");
    }

    @Test
    void oneLineIsBounded() {
        assertThat(PrintableText.line("x".repeat(1_000))).hasSize(501).endsWith("x…");
        assertThat(PrintableText.line("\033".repeat(10), 3)).isEqualTo("???…");
        assertThat(PrintableText.line("abc", 3)).isEqualTo("abc");
    }

    @Test
    void linesKeepTheirLayout() {
        assertThat(PrintableText.lines("Traceback:\r\n\tline\r" + HOSTILE)).isEqualTo("Traceback:\n\tline?" + SHOWN);
        String clean = "Grüße, 你好, \ud83d\ude00, می\u200cخواهم\n";
        assertThat(PrintableText.lines(clean)).isSameAs(clean);
    }

    @Test
    void errorsKeepTheirStackTraces() {
        Throwable error = new IllegalStateException("outer", new NumberFormatException(HOSTILE));
        error.addSuppressed(new IllegalArgumentException(HOSTILE));
        StringWriter printed = new StringWriter();
        PrintableText.error(error).printStackTrace(new PrintWriter(printed));

        StringWriter expected = new StringWriter();
        error.printStackTrace(new PrintWriter(expected));
        assertThat(printed.toString()).isEqualTo(expected.toString().replace(HOSTILE, SHOWN));
    }

    @Test
    void cleanErrorsAreLoggedAsTheyAre() {
        Throwable error = new IllegalStateException("outer\n\tmore", new NumberFormatException("x"));
        assertThat(PrintableText.error(error)).isSameAs(error);
    }

    @Test
    void causesThatFormACircleEnd() {
        Throwable first = new IllegalStateException(HOSTILE);
        first.initCause(new IllegalArgumentException("second", first));
        StringWriter printed = new StringWriter();
        PrintableText.error(first).printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).contains(SHOWN, "second").doesNotContain("\033");
    }
}
