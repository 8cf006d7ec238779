package dev.parley.bench;

import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Calls between two JVMs, one that serves and one that calls, which speak the protocol of {@link CallsChild}. For one
 * thread.
 */
final class ChildCalls implements Side {
    private final PeerProcess server;
    private final PeerProcess client;

    private ChildCalls(List<String> java, List<String> serve, List<String> call, int callers) {
        server = start(java, serve);
        String bound = server.ready();
        List<String> calling = new ArrayList<>(call);
        calling.addAll(List.of(bound, Integer.toString(callers)));
        client = start(java, calling);
        client.line("ready"::equals);
    }

    /**
     * Calls of one checkout of Parley: each end has that checkout's jars on its class path.
     *
     * @param checkout a built checkout of Parley, with {@code cli/target/lib}
     * @param source {@code CallsChild.java}
     * @param address where the server listens, port 0 for a free one
     * @param execution {@code inline} or {@code virtual}
     */
    static ChildCalls version(Path checkout, Path source, String address, String execution, int callers) {
        return new ChildCalls(
                List.of("-cp", checkout.resolve("cli/target/lib") + "/*", source.toString()),
                List.of("serve", address, execution),
                List.of("call"),
                callers);
    }

    /** Calls of another RPC system, one of {@link PeerChild}. */
    static ChildCalls peer(PeerChild.Kind kind, int callers) {
        return new ChildCalls(
                List.of("-cp", System.getProperty("java.class.path"), PeerChild.class.getName()),
                List.of("serve", kind.name(), "127.0.0.1", "0"),
                List.of("call", kind.name()),
                callers);
    }

    /** Starts a JVM that logs nothing. */
    static PeerProcess start(List<String> java, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                // Logback without a configuration logs at DEBUG, each HTTP request too.
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider"));
        command.addAll(java);
        command.addAll(arguments);
        return PeerProcess.start(Map.of(), command);
    }

    @Override
    public Result round(Duration length) {
        long[] before = usage();
        client.say(Long.toString(length.toMillis()));
        long[] round = numbers(client.line(line -> line.startsWith("round ")));
        long[] after = usage();
        double calls = round[0];
        return new Result(
                round[0],
                round[1] / 1e9,
                (round[6] + after[0] - before[0]) / 1e9,
                new Result.PerCall(
                        round[2] / 1e3,
                        round[3] / 1e3,
                        round[4] / calls,
                        round[5] / calls,
                        (after[1] - before[1]) / calls));
    }

    private long[] usage() {
        server.say("usage");
        return numbers(server.line(line -> line.startsWith("usage ")));
    }

    /** The numbers after the first word of a line. */
    static long[] numbers(String line) {
        return Arrays.stream(line.split(" ")).skip(1).mapToLong(Long::parseLong).toArray();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
