package dev.parley.bench;

import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Work between two processes that speak the protocol of {@link EchoChild} and {@link StreamChild}. For one thread. */
final class ChildRounds implements Side {
    private final PeerProcess server;
    private final PeerProcess client;

    private ChildRounds(PeerProcess server, PeerProcess client) {
        this.server = server;
        this.client = client;
        client.line("ready"::equals);
    }

    /** An echo of messages between two JVMs. */
    static ChildRounds echo(EchoChild.Kind kind, int inFlight) {
        PeerProcess server = java(EchoChild.class, "serve", kind.name());
        return new ChildRounds(
                server, java(EchoChild.class, "send", kind.name(), server.ready(), Integer.toString(inFlight)));
    }

    /** The same echo between two programs in C on the libzmq that pyzmq brings. */
    static ChildRounds libzmqEcho(int inFlight) throws IOException {
        String program = compile();
        PeerProcess server = PeerProcess.start(Map.of(), List.of(program, "serve"));
        return new ChildRounds(
                server,
                PeerProcess.start(Map.of(), List.of(program, "send", server.ready(), Integer.toString(inFlight))));
    }

    private static String compile() throws IOException {
        Path checkout = Path.of(System.getProperty("checkout"));
        Path program = checkout.resolve("bench/target/zmq_echo");
        Path library = libzmq();
        try (PeerProcess compiler = PeerProcess.start(
                Map.of(),
                List.of(
                        "cc",
                        "-O2",
                        "-o",
                        program.toString(),
                        checkout.resolve("bench/peers/zmq_echo.c").toString(),
                        library.toString(),
                        "-Wl,-rpath," + library.getParent(),
                        "-lpthread"))) {
            if (compiler.exitCode() != 0) {
                throw new IOException("zmq_echo.c does not compile: " + compiler.errors());
            }
        }
        return program.toString();
    }

    private static Path libzmq() throws IOException {
        Path python = Peer.PYZMQ.executable("python").resolveSibling("../lib").normalize();
        try (Stream<Path> files = Files.walk(python)) {
            return files.filter(file -> file.getFileName().toString().matches("libzmq.*\\.so.*"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no libzmq below " + python));
        }
    }

    /** Streams of Parley. */
    static ChildRounds streams(String address) {
        PeerProcess server = java(StreamChild.class, "serve", address);
        return new ChildRounds(server, java(StreamChild.class, "read", server.ready()));
    }

    private static PeerProcess java(Class<?> child, String... arguments) {
        return ChildCalls.start(
                List.of("-cp", System.getProperty("java.class.path"), child.getName()), List.of(arguments));
    }

    @Override
    public Result round(Duration length) {
        long before = usage();
        client.say(Long.toString(length.toMillis()));
        long[] round = ChildCalls.numbers(client.line(line -> line.startsWith("round ")));
        return new Result(round[0], round[1] / 1e9, (round[2] + usage() - before) / 1e9);
    }

    private long usage() {
        server.say("usage");
        return ChildCalls.numbers(server.line(line -> line.startsWith("usage ")))[0];
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
