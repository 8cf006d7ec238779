package dev.parley.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Runs commands in this process and keeps what they print. */
final class Cli {
    private static final long PATIENCE_SECONDS = 60;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final StopSignal stop = new StopSignal();
    private final Terminal terminal;

    private Cli(boolean interactive) {
        terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                interactive,
                interactive,
                interactive,
                100);
    }

    /** What a command did. */
    record Run(int exitCode, String out, String err) {
        /** The one line of its output. */
        String line() {
            return out.strip();
        }
    }

    /** Runs {@code serve} on a free port with further options, which must be wrong: otherwise it does not end. */
    static Run serve(String... options) {
        List<String> serve =
                new ArrayList<>(List.of("serve", "dev.parley.cli.Calculator", "-l", "jsonrpc+http://127.0.0.1:0"));
        serve.addAll(List.of(options));
        return run(serve.toArray(String[]::new));
    }

    /** Runs a command whose output is not a terminal. */
    static Run run(String... args) {
        return new Cli(false).execute(args);
    }

    /** Runs a command on a terminal with colours. */
    static Run runOnTerminal(String... args) {
        return new Cli(true).execute(args);
    }

    private Run execute(String... args) {
        int exitCode = Main.run(terminal, stop, args);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A command that serves until it is closed. */
    static final class Serving implements AutoCloseable {
        private final Cli cli;
        private final CompletableFuture<Run> run;

        /** Starts it, and waits until it has printed as many addresses as it is to listen to. */
        Serving(int addresses, String... args) throws Exception {
            this(false, serving -> serving.addresses().size() >= addresses, args);
        }

        /** Starts it, and waits until it has told that it is listening to a broker. */
        Serving(boolean terminal, String... args) throws Exception {
            this(
                    terminal,
                    serving -> serving.cli.err.toString(StandardCharsets.UTF_8).contains("listening to"),
                    args);
        }

        /** Starts {@code parley zerorpc --server}, and waits until it serves. */
        static Serving zerorpc(String... args) throws Exception {
            return new Serving(
                    false,
                    serving -> serving.cli.err.toString(StandardCharsets.UTF_8).contains("\nserving "),
                    args);
        }

        private Serving(boolean terminal, Predicate<Serving> isReady, String... args) throws Exception {
            cli = new Cli(terminal);
            run = CompletableFuture.supplyAsync(
                    () -> cli.execute(args),
                    task -> Thread.ofPlatform().daemon().start(task));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!isReady.test(this)) {
                if (run.isDone() || System.nanoTime() > deadline) {
                    throw new AssertionError("not listening: " + (run.isDone() ? run.get() : cli.err));
                }
                Thread.sleep(5);
            }
        }

        /** The addresses it said it listens to. */
        List<String> addresses() {
            return cli.out
                    .toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("listening "))
                    .map(line -> line.substring("listening ".length()))
                    .toList();
        }

        /** Waits until its output contains this text. */
        void awaitOutput(String text) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!cli.out.toString(StandardCharsets.UTF_8).contains(text)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("no '" + text + "' in " + cli.out + cli.err);
                }
                Thread.sleep(5);
            }
        }

        /** Waits for the end. */
        Run await() {
            return run.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        /** Gives the signal to stop and waits for the end. */
        Run stop() {
            cli.stop.stop();
            return await();
        }

        @Override
        public void close() {
            stop();
        }
    }
}
