package dev.parley.interop.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A socket of libzmq in a process of its own, driven by one operation at a time. Not thread-safe. */
final class ForeignSocket implements AutoCloseable {
    /** A binding of libzmq. */
    enum Binding {
        PYZMQ(Peer.PYZMQ, "zmtp_socket.py"),
        ZEROMQ_JS(Peer.ZERORPC_NODE, "zmtp_socket.js");

        private final Peer peer;
        private final String program;

        Binding(Peer peer, String program) {
            this.peer = peer;
            this.program = program;
        }
    }

    private final PeerProcess process;

    private ForeignSocket(PeerProcess process) {
        this.process = process;
    }

    /** A socket of this type with options by the names of the binding, such as {@code RCVHWM=1}. */
    static ForeignSocket start(Binding binding, String type, String... options) {
        NeedsPeer.Condition.assume(binding.peer);
        String[] arguments = Stream.concat(Stream.of(type), Stream.of(options)).toArray(String[]::new);
        return new ForeignSocket(PeerProcess.start(binding.peer, binding.program, arguments));
    }

    private JsonNode run(String operation, Map<String, ?> arguments) {
        start(operation, arguments);
        return result();
    }

    private void start(String operation, Map<String, ?> arguments) {
        Map<String, Object> line = new LinkedHashMap<>(arguments);
        line.put("do", operation);
        process.send(line);
    }

    private JsonNode result() {
        JsonNode answer = process.json();
        assertThat(answer.has("ok")).as(answer.toString()).isTrue();
        return answer.get("ok");
    }

    private static String address(int port) {
        return "tcp://127.0.0.1:" + (port == 0 ? "*" : Integer.toString(port));
    }

    /** Binds a port, or any free one if it is 0, and returns it. */
    int bind(int port) {
        String endpoint = run("bind", Map.of("address", address(port))).stringValue();
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    void connect(int port) {
        run("connect", Map.of("address", address(port)));
    }

    void disconnect(int port) {
        run("disconnect", Map.of("address", address(port)));
    }

    void send(byte[]... parts) {
        run(
                "send",
                Map.of("parts", Stream.of(parts).map(HexFormat.of()::formatHex).toList()));
    }

    /** Sends messages of two frames: the number of the message as text, and so many zeros. */
    void sendMany(int count, int size) {
        run("sendMany", Map.of("count", count, "size", size));
    }

    List<byte[]> receive() {
        return parts(run("recv", Map.of()));
    }

    /** The first frames of the next messages. */
    List<byte[]> receiveMany(int count) {
        return parts(run("recvMany", Map.of("count", count)));
    }

    /** Starts to receive; {@link #received} has the result. */
    void startReceiveMany(int count) {
        start("recvMany", Map.of("count", count));
    }

    List<byte[]> received() {
        return parts(result());
    }

    private static List<byte[]> parts(JsonNode hex) {
        List<byte[]> parts = new ArrayList<>();
        hex.forEach(part -> parts.add(HexFormat.of().parseHex(part.stringValue())));
        return parts;
    }

    void subscribe(byte[] prefix) {
        run("subscribe", Map.of("prefix", HexFormat.of().formatHex(prefix)));
    }

    void unsubscribe(byte[] prefix) {
        run("unsubscribe", Map.of("prefix", HexFormat.of().formatHex(prefix)));
    }

    /** Stops or continues the process by a signal. */
    void signal(String name) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(process.handle().pid()))
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Ends the process by its id, as if it crashed. */
    @Override
    public void close() {
        process.close();
    }
}
