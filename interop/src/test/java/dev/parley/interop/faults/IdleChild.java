package dev.parley.interop.faults;

import dev.parley.Param;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.PeerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Servers on all wires and a broker, in a JVM of their own: prints "ready ADDRESS… BROKER", and for each line that it
 * reads "memory HEAP_BYTES RESIDENT_BYTES DESCRIPTORS", until its input ends.
 */
final class IdleChild {
    static final String TOPIC = "idle";

    private IdleChild() {}

    static PeerProcess start() {
        return PeerProcess.start(
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleChild.class.getName()));
    }

    /** What is served. Thread-safe. */
    public static final class Service {
        public String work(@Param("id") int id, @Param("text") String text) {
            return CountedService.resultOf(id);
        }
    }

    public static void main(String[] arguments) throws IOException {
        EmbeddedBroker broker = EmbeddedBroker.builder()
                .maxConnections(1_000_000)
                .heartbeat(Duration.ZERO)
                .start();
        RpcServer.Builder builder = RpcServer.builder().endpoint(new Service());
        for (FaultyWire wire : FaultyWire.values()) {
            switch (wire) {
                case XMLRPC, JSONRPC_HTTP ->
                    builder.listen(wire.address() + "?max_connections=1000000&idle_timeout=86400");
                case JSONRPC_WS -> builder.listen(wire.address() + "?max_connections=1000000&ping_interval=0");
                case JSONRPC_TCP -> builder.listen(wire.address() + "?max_connections=1000000");
                case ZERORPC -> builder.listen(wire.address());
                case OSLO ->
                    builder.listen(broker.address(), Target.topic(TOPIC).withServer("one"));
            }
        }
        RpcServer server = builder.build().start();
        StringBuilder ready = new StringBuilder("ready");
        server.addresses().stream()
                .limit(FaultyWire.values().length - 1)
                .forEach(address -> ready.append(' ').append(address.toUri()));
        System.out.println(ready + " " + broker.address());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (lines.readLine() != null) {
            System.out.println("memory " + Curves.heap() + " " + resident() + " " + Leftovers.descriptors());
        }
        server.close();
        broker.close();
    }

    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
