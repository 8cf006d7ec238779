package dev.parley.bench;

import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Calls of one checkout of Parley: a {@link CallsChild} that serves and one that calls, each a JVM with that checkout's
 * jars on its class path. For one thread.
 */
final class VersionCalls implements Side {
    private final PeerProcess server;
    private final PeerProcess client;

    /**
     * Starts both JVMs.
     *
     * @param checkout a built checkout of Parley, with {@code cli/target/lib}
     * @param source {@code CallsChild.java}
     * @param address where the server listens, port 0 for a free one
     * @param execution {@code inline} or {@code virtual}
     */
    VersionCalls(Path checkout, Path source, String address, String execution, int callers) {
        server = start(checkout, source, "serve", address, execution);
        String bound = server.ready();
        client = start(checkout, source, "call", bound, Integer.toString(callers));
        client.line("ready"::equals);
    }

    private static PeerProcess start(Path checkout, Path source, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                checkout.resolve("cli/target/lib") + "/*",
                source.toString()));
        command.addAll(List.of(arguments));
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

    private static long[] numbers(String line) {
        return Arrays.stream(line.split(" ")).skip(1).mapToLong(Long::parseLong).toArray();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
