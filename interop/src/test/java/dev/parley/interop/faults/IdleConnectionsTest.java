package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.RpcClient;
import dev.parley.Target;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.faults.Fault.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many connections that have made a call and then say nothing, on each wire in turn, and calls of another client
 * meanwhile. {@code -Dparley.idle.connections=20000} opens more; this process and the server's need as many
 * descriptors.
 */
@ExtendWith(Prepared.class)
class IdleConnectionsTest {
    private static final int CONNECTIONS = Integer.getInteger("parley.idle.connections", 500);

    /** A source address has some 28,000 ports. */
    private static final int SOURCES = 50;

    private static final int CALLS = 200;

    private int ids;

    private record Memory(long heap, long resident, long descriptors) {
        static Memory of(PeerProcess server) {
            server.say("memory");
            String[] words = server.line(line -> line.startsWith("memory ")).split(" ");
            return new Memory(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
        }
    }

    @Test
    void idleConnectionsDisturbNobody() throws Exception {
        try (PeerProcess server = IdleChild.start()) {
            Iterator<String> addresses = List.of(server.ready().split(" ")).iterator();
            for (FaultyWire wire : FaultyWire.values()) {
                onWire(server, wire, addresses.next());
            }
        }
    }

    private void onWire(PeerProcess server, FaultyWire wire, String address) throws Exception {
        byte[] bytes = wire.brokered() ? login() : CutRawClientsTest.call(wire);
        Target target = wire.brokered() ? Target.topic(IdleChild.TOPIC) : Target.none();
        List<Socket> idle = new ArrayList<>();
        try (RpcClient client = RpcClient.connect(address, target)) {
            call(client, wire, CALLS);
            Memory before = Memory.of(server);
            int port = URI.create(address).getPort();
            long start = System.nanoTime();
            for (int i = 0; i < CONNECTIONS; i++) {
                idle.add(open(port, i, bytes));
                if (i % 100 == 0) {
                    call(client, wire, 1);
                }
            }
            long opened = System.nanoTime();
            call(client, wire, CALLS);
            long called = System.nanoTime();
            Memory now = Memory.of(server);
            assertThat(now.descriptors() == 0 ? CONNECTIONS : now.descriptors() - before.descriptors())
                    .as("%s: connections that are still open", wire)
                    .isGreaterThanOrEqualTo(CONNECTIONS);
            System.out.printf(
                    "%-12s %6d idle connections in %d ms: %.1f KiB of heap each, %.1f KiB resident;"
                            + " %d calls in %d ms%n",
                    wire,
                    CONNECTIONS,
                    (opened - start) / 1_000_000,
                    (now.heap() - before.heap()) / 1024.0 / CONNECTIONS,
                    (now.resident() - before.resident()) / 1024.0 / CONNECTIONS,
                    CALLS,
                    (called - opened) / 1_000_000);
            for (Socket socket : idle) {
                socket.close();
            }
            Leftovers.await(() -> Memory.of(server).descriptors() <= before.descriptors() + 5);
            assertThat(Memory.of(server).descriptors()).isLessThanOrEqualTo(before.descriptors() + 5);
            call(client, wire, CALLS);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    private void call(RpcClient client, FaultyWire wire, int count) {
        for (int i = 0; i < count; i++) {
            int id = ++ids;
            assertThat(client.call("work", String.class, wire.arguments(id, "text")))
                    .isEqualTo(CountedService.resultOf(id));
        }
    }

    private static Socket open(int port, int number, byte[] bytes) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress("127.0.0." + (2 + number % SOURCES), 0));
        socket.setSoTimeout((int) Leftovers.PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().read()).isNotNegative();
        return socket;
    }

    /** What a client of RabbitMQ sends to have a connection with a channel. */
    private static byte[] login() throws Exception {
        try (FaultyWire.Peer peer = FaultyWire.OSLO.serve(new CountedService(), "");
                FaultProxy proxy = new FaultProxy(peer.port())) {
            proxy.record(Way.TO_SERVER);
            ConnectionFactory factory = new ConnectionFactory();
            factory.setPort(proxy.port());
            factory.setRequestedHeartbeat(0);
            try (Connection connection = factory.newConnection()) {
                connection.createChannel();
                return proxy.recorded(Way.TO_SERVER);
            }
        }
    }
}
