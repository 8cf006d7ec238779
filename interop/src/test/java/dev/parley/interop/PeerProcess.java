package dev.parley.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A running peer program. Its standard output is read line by line, its standard error is kept for the messages of
 * failed tests; closing it ends the process and all it started, and so does the end of the tests.
 *
 * <p>Every wait ends after {@link #PATIENCE} with what the program said until then.
 */
public final class PeerProcess implements AutoCloseable {
    /** How long a program may take for one line; a bound against hanging, far above what any needs. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<PeerProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(PeerProcess::close)));
    }

    private final List<String> command;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final Thread reader;
    private final Thread errorReader;

    private PeerProcess(List<String> command, Map<String, String> environment) {
        this.command = command;
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("could not start " + command, e);
        }
        RUNNING.add(this);
        reader = read(process.getInputStream(), lines::add);
        errorReader = read(process.getErrorStream(), said::add);
    }

    /** Starts a program of {@code peers/python} or {@code peers/node}; see {@link Peer#command}. */
    public static PeerProcess start(Peer peer, String program, String... arguments) {
        return start(peer.environment(), peer.command(program, arguments));
    }

    /** Starts a command that the peer itself brings, such as {@code zerorpc}. */
    public static PeerProcess startExecutable(Peer peer, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(peer.executable(name).toString()));
        command.addAll(List.of(arguments));
        return start(peer.environment(), command);
    }

    /** Starts any command, with these variables on top of the environment of the tests. */
    public static PeerProcess start(Map<String, String> environment, List<String> command) {
        return new PeerProcess(List.copyOf(command), environment);
    }

    /** Waits for the server's {@code ready ADDRESS} and returns the address. */
    public String ready() {
        return line(line -> line.startsWith("ready ")).substring("ready ".length());
    }

    /** Waits until this loopback port takes connections, for servers that have no word for being ready. */
    public void ready(int port) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (!isAlive() || millisUntil(end) == 0) {
                    throw new AssertionError(told("did not listen on port " + port, String.join("\n", lines)), e);
                }
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + command, e);
            }
        }
    }

    /** Waits for the next line of standard output that fits, dropping those before it. */
    public String line(Predicate<String> wanted) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        StringBuilder dropped = new StringBuilder();
        try {
            while (true) {
                String line = lines.poll(Math.min(100, millisUntil(end)), TimeUnit.MILLISECONDS);
                if (line != null) {
                    if (wanted.test(line)) {
                        return line;
                    }
                    dropped.append(line).append('\n');
                } else if (!reader.isAlive() && lines.isEmpty()) {
                    errorReader.join(1000);
                    throw new AssertionError(told("ended before the line that was waited for", dropped));
                } else if (millisUntil(end) == 0) {
                    throw new AssertionError(told("did not print the line that was waited for", dropped));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    /** Waits for the next line of standard output that is a JSON object. */
    public JsonNode json() {
        return JSON.readTree(line(line -> line.startsWith("{")));
    }

    /** Waits for the next JSON line that has this member, dropping others: what a server notes of each call. */
    public JsonNode json(String member) {
        return JSON.readTree(
                line(line -> line.startsWith("{") && JSON.readTree(line).has(member)));
    }

    /**
     * Has a client program make one call, {@code {"method", "args"}}.
     *
     * @return {@code {"ok": result}} or {@code {"error": {"type", "message", ...}}}
     */
    public JsonNode call(String method, Object... arguments) {
        return call(Map.of("method", method, "args", arguments));
    }

    /** The same with whatever members the program understands. */
    public JsonNode call(Map<String, ?> line) {
        send(line);
        return json();
    }

    /** Hands a client program a call without waiting for its answer, which {@link #json()} takes later. */
    public void send(Map<String, ?> line) {
        say(JSON.writeValueAsString(new LinkedHashMap<>(line)));
    }

    /** Hands a program a line of standard input. */
    public void say(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(told("takes no more input", ""), e);
        }
    }

    /** Closes standard input, waits for the end of the program and returns its exit code. */
    public int exitCode() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(told("did not end", ""));
            }
            reader.join();
            errorReader.join();
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    /** Waits for the end of the program, which must be a good one, and returns the standard output not yet taken. */
    public String output() {
        int code = exitCode();
        if (code != 0) {
            throw new AssertionError(told("ended with exit code " + code, String.join("\n", lines)));
        }
        return String.join("\n", lines);
    }

    /** Takes the lines of standard output that are there; all that are left once the process has ended. */
    public List<String> rest() {
        List<String> taken = new ArrayList<>();
        if (!process.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        lines.drainTo(taken);
        return taken;
    }

    /** What it wrote to standard error until now. */
    public String errors() {
        return String.join("\n", said);
    }

    /** For signals: SIGSTOP to a server, a kill under load. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process and what it started, by their own ids. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        children.forEach(child -> child.onExit().join());
        RUNNING.remove(this);
    }

    private String told(String what, CharSequence printed) {
        return Path.of(command.getFirst()).getFileName() + " " + command.subList(1, command.size()) + " " + what
                + "\n--- standard output\n" + printed + "\n--- standard error\n" + errors();
    }

    private static long millisUntil(long end) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    }

    private static Thread read(InputStream stream, Consumer<String> line) {
        // Not virtual ones: reading a pipe holds the carrier, and with a few processes there is none left.
        return Thread.ofPlatform().daemon().start(() -> {
            try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                in.lines().forEach(line);
            } catch (IOException | UncheckedIOException e) {
                // The process was ended: there is nothing more to read.
            }
        });
    }
}
