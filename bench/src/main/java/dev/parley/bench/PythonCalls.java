package dev.parley.bench;

import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Calls of Python's oslo.messaging, client and server each a process. */
final class PythonCalls implements Side {
    private final PeerProcess server;
    private final PeerProcess client;
    private final int callers;

    PythonCalls(Peer peer, String transportUrl, int callers) {
        this.callers = callers;
        server = start(peer, "serve", transportUrl);
        server.line("ready"::equals);
        client = start(peer, "call", transportUrl);
    }

    private static PeerProcess start(Peer peer, String role, String transportUrl) {
        return PeerProcess.start(
                Map.of("PYTHONUNBUFFERED", "1", "PYTHONWARNINGS", "ignore"),
                List.of(peer.executable("python").toString(), System.getProperty("oslo.program"), role, transportUrl));
    }

    @Override
    public Result round(Duration length) {
        double before = cpuSeconds();
        JsonNode done = client.call("round", length.toMillis() / 1000.0, callers);
        return new Result(done.get("calls").asLong(), done.get("seconds").asDouble(), cpuSeconds() - before);
    }

    private double cpuSeconds() {
        return cpuSeconds(server) + cpuSeconds(client);
    }

    private static double cpuSeconds(PeerProcess process) {
        return process.handle().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1000.0;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
