package dev.parley.cli;

import dev.parley.spi.PrintableText;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where results ({@code out}) and everything else ({@code err}) go, and what these places can show. Both are UTF-8,
 * whatever the locale: results are data.
 *
 * @param out results
 * @param err errors, progress, hints
 * @param interactive whether {@code out} is a terminal
 * @param colourOut whether {@code out} shows colours
 * @param colourErr whether {@code err} shows colours
 * @param width the number of columns
 */
record Terminal(
        PrintStream out, PrintStream err, boolean interactive, boolean colourOut, boolean colourErr, int width) {
    private static final int USUAL_WIDTH = 80;

    /**
     * The process's own. Which of its streams are terminals a JVM cannot tell before Java 22, so the launcher does:
     * property {@code parley.terminal} lists {@code out} and {@code err}, {@code parley.columns} is the width.
     */
    static Terminal system() {
        List<String> terminals =
                List.of(System.getProperty("parley.terminal", "").split(","));
        String noColour = System.getenv("NO_COLOR");
        boolean colour = (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                terminals.contains("out"),
                colour && terminals.contains("out"),
                colour && terminals.contains("err"),
                Integer.getInteger("parley.columns", USUAL_WIDTH));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** Prints a line of results at once, as it is: what is not data must be printable. */
    void result(String line) {
        out.println(line);
        out.flush();
    }

    /** Prints a line that is not a result, led by the command's name. */
    void note(String line) {
        err.println(Style.DIM.apply("parley: " + line, colourErr));
    }

    /** Prints the one line of an error. */
    void error(String line) {
        err.println(Style.RED.apply("parley:", colourErr) + " " + PrintableText.lines(line));
    }

    /** Prints text that goes with an error, of one or more lines. */
    void detail(String lines) {
        err.println(PrintableText.lines(lines));
    }

    /** Asks a question on standard error; whether the line on standard input says yes. */
    boolean confirms(String question) {
        note(question + " [y/N]");
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return answer != null
                    && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text styled for {@code out}. */
    String styled(Style style, String text) {
        return style.apply(text, colourOut);
    }
}
