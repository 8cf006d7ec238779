package dev.parley.bench;

import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Calls between two processes of Python. */
final class PythonCalls implements Side {
    private final PeerProcess server;
    private final PeerProcess client;
    private final int callers;

    private PythonCalls(PeerProcess server, PeerProcess client, int callers) {
        this.server = server;
        this.client = client;
        this.callers = callers;
    }

    /** Of oslo.messaging, through a broker. */
    static PythonCalls oslo(Peer peer, String transportUrl, int callers) {
        PeerProcess server = start(peer, "oslo_calls.py", "serve", transportUrl);
        server.line("ready"::equals);
        return new PythonCalls(server, start(peer, "oslo_calls.py", "call", transportUrl), callers);
    }

    /**
     * Over HTTP.
     *
     * @param protocol {@code xmlrpc} or {@code jsonrpc}
     */
    static PythonCalls http(Peer peer, String protocol, int callers) {
        PeerProcess server = start(peer, "http_calls.py", "serve", protocol);
        String url = server.ready();
        return new PythonCalls(server, start(peer, "http_calls.py", "call", protocol, url), callers);
    }

    private static PeerProcess start(Peer peer, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                peer.executable("python").toString(),
                Path.of(System.getProperty("checkout"), "bench/peers", program).toString()));
        command.addAll(List.of(arguments));
        return PeerProcess.start(Map.of("PYTHONUNBUFFERED", "1", "PYTHONWARNINGS", "ignore"), command);
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
