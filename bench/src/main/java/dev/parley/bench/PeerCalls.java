package dev.parley.bench;

import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Calls between two processes of Python or Node. */
final class PeerCalls implements Side {
    private final PeerProcess server;
    private final PeerProcess client;
    private final int callers;

    private PeerCalls(PeerProcess server, PeerProcess client, int callers) {
        this.server = server;
        this.client = client;
        this.callers = callers;
    }

    /** Of oslo.messaging, through a broker. */
    static PeerCalls oslo(Peer peer, String transportUrl, int callers) {
        PeerProcess server = start(peer, "oslo_calls.py", "serve", transportUrl);
        server.line("ready"::equals);
        return new PeerCalls(server, start(peer, "oslo_calls.py", "call", transportUrl), callers);
    }

    /**
     * Over HTTP.
     *
     * @param protocol {@code xmlrpc} or {@code jsonrpc}
     */
    static PeerCalls http(Peer peer, String protocol, int callers) {
        PeerProcess server = start(peer, "http_calls.py", "serve", protocol);
        String url = server.ready();
        return new PeerCalls(server, start(peer, "http_calls.py", "call", protocol, url), callers);
    }

    /** Of zerorpc for Python. */
    static PeerCalls zerorpcPython(int callers) {
        PeerProcess server = start(Peer.ZERORPC_PYTHON, "zerorpc_calls.py", "serve");
        String address = server.ready();
        return new PeerCalls(server, start(Peer.ZERORPC_PYTHON, "zerorpc_calls.py", "call", address), callers);
    }

    /** Of zerorpc for Python, reading streams; an item counts as a call. */
    static PeerCalls zerorpcPythonStreams() {
        return zerorpcPython(0);
    }

    /** Of zerorpc for Node. */
    static PeerCalls zerorpcNode(int callers) throws IOException {
        String address;
        try (ServerSocket free = new ServerSocket(0)) {
            address = "tcp://127.0.0.1:" + free.getLocalPort();
        }
        PeerProcess server = start(Peer.ZERORPC_NODE, "zerorpc_calls.js", "serve", address);
        server.ready();
        return new PeerCalls(server, start(Peer.ZERORPC_NODE, "zerorpc_calls.js", "call", address), callers);
    }

    private static PeerProcess start(Peer peer, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                program.endsWith(".js") ? "node" : peer.executable("python").toString(),
                Path.of(System.getProperty("checkout"), "bench/peers", program).toString()));
        command.addAll(List.of(arguments));
        return PeerProcess.start(peer.environment(), command);
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
