package dev.parley.interop;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three RabbitMQ nodes on this machine that are one cluster, run by {@code peers/cluster}, whose commands are the
 * methods here. Nodes are numbered 1, 2, 3. Takes some 20 seconds to start.
 */
public final class RabbitMqCluster implements AutoCloseable {
    private static final List<Integer> NODES = List.of(1, 2, 3);

    private final PeerProcess script;
    private final List<Integer> ports;

    private RabbitMqCluster(PeerProcess script, List<Integer> ports) {
        this.script = script;
        this.ports = ports;
    }

    public static RabbitMqCluster start() {
        return start(RabbitMqVersion.V3_10);
    }

    /** A cluster of a version as Debian ships it, whose peer must be installed. */
    public static RabbitMqCluster start(RabbitMqVersion version) {
        PeerProcess script = PeerProcess.start(
                Map.of(), List.of(Peer.sources().resolve("cluster").toString(), version.toString()));
        try {
            String[] hosts = URI.create(script.ready()).getRawAuthority().split(",");
            return new RabbitMqCluster(
                    script,
                    Arrays.stream(hosts)
                            .map(host -> Integer.valueOf(host.substring(host.lastIndexOf(':') + 1)))
                            .toList());
        } catch (Throwable e) {
            script.close();
            throw e;
        }
    }

    /** The transport URL of all nodes. */
    public String transportUrl() {
        return transportUrl(1, 2, 3);
    }

    /** The transport URL of these nodes, in this order. */
    public String transportUrl(int... nodes) {
        return IntStream.of(nodes)
                .mapToObj(node -> "guest:guest@127.0.0.1:" + port(node))
                .collect(Collectors.joining(",", "rabbit://", "/"));
    }

    /** Where clients reach a node. */
    public int port(int node) {
        return ports.get(node - 1);
    }

    /** Starts a node that was ended; returns when it takes connections. */
    public void start(int node) {
        say("start " + node);
    }

    /** Ends a node by SIGKILL. */
    public void kill(int node) {
        say("kill " + node);
    }

    /**
     * Stops a node by SIGSTOP: its connections stay open, and nothing moves. After some 8 seconds the others count it
     * as gone.
     */
    public void pause(int node) {
        say("pause " + node);
    }

    public void resume(int node) {
        say("resume " + node);
    }

    /** Parts a node from the other two. Clients reach it still, but it stops serving, as it is in the minority. */
    public void cut(int node) {
        say("cut " + node);
    }

    public void heal(int node) {
        say("heal " + node);
    }

    /** What {@code rabbitmqctl} on a node prints. */
    public String ctl(int node, String arguments) {
        return say("ctl " + node + " " + arguments);
    }

    /** The node on which a queue lives, or its leader if it lives on several. */
    public int home(String queue) {
        String row = ctl(1, "list_queues name leader pid")
                .lines()
                .filter(line -> line.startsWith(queue + "\t"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no queue " + queue));
        return NODES.stream()
                .filter(node -> row.contains("-" + port(node) + "@"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("where is it? " + row));
    }

    private String say(String command) {
        script.say(command);
        StringBuilder printed = new StringBuilder();
        while (true) {
            String line = script.line(any -> true);
            if (line.equals("ok")) {
                return printed.toString();
            } else if (line.equals("failed")) {
                throw new AssertionError(command + ": " + script.errors());
            }
            printed.append(line).append('\n');
        }
    }

    /** Ends all nodes and deletes their data. */
    @Override
    public void close() {
        script.exitCode();
        script.close();
    }
}
