package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.RpcClient;
import dev.parley.interop.faults.Fault.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers whose peer is a socket that sends the first bytes of a call, any number of them, and then ends in one of
 * several ways.
 */
@Timeout(600)
@ExtendWith(Prepared.class)
class CutRawClientsTest {
    private static final int ID = 7;

    /** What the socket does after its last byte. */
    enum End {
        CLOSE,
        RESET,
        /** Closes its sending half and reads to the end. */
        HALF_CLOSE,
        /** Stays open while all others come and go. */
        STAY
    }

    @ParameterizedTest
    @EnumSource
    void theServerSurvivesThem(FaultyWire wire) throws Exception {
        byte[] bytes = call(wire);
        CountedService service = new CountedService();
        Leftovers before = Leftovers.now();
        List<Socket> open = new ArrayList<>();
        // No wire is in a hurry: the first to give up would be a handshake, after 10 seconds.
        try (FaultyWire.Peer peer = wire.serve(service, "");
                RpcClient client = peer.client(peer.address()).build()) {
            check(client, wire, 1);
            long sockets = Leftovers.now().sockets();
            for (End end : End.values()) {
                for (int length = 0; length <= bytes.length; length++) {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), peer.port());
                    send(socket, Arrays.copyOf(bytes, length), end);
                    if (end == End.STAY) {
                        open.add(socket);
                    }
                }
                check(client, wire, 2);
            }
            for (Socket socket : open) {
                socket.close();
            }
            Leftovers.await(() -> Leftovers.now().sockets() <= sockets);
            assertThat(Leftovers.now().sockets()).isLessThanOrEqualTo(sockets);
            peer.server().stop();
            assertThat(peer.server().await(Leftovers.PATIENCE))
                    .as("no call is left in the server")
                    .isTrue();
            // A text may be a whole call without its last byte, where that is a line feed.
            assertThat(service.runs(ID)).as("runs").isLessThanOrEqualTo(2 * End.values().length);
        }
        before.awaitNoMore("cut clients of " + wire);
        System.out.printf(
                "%-12s %d connections, each end after 0 to %d bytes%n", wire, 4 * (bytes.length + 1), bytes.length);
    }

    private void check(RpcClient client, FaultyWire wire, int id) {
        assertThat(client.call("work", String.class, wire.arguments(id, ""))).isEqualTo(CountedService.resultOf(id));
    }

    private static void send(Socket socket, byte[] bytes, End end) throws IOException {
        socket.setSoTimeout((int) Leftovers.PATIENCE.toMillis());
        try {
            socket.getOutputStream().write(bytes);
            switch (end) {
                case CLOSE -> socket.close();
                case RESET -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                }
                case HALF_CLOSE -> {
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                    socket.close();
                }
                case STAY -> {}
            }
        } catch (IOException e) {
            // The server has seen enough, and closed or reset it.
            socket.close();
        }
    }

    /** The bytes that a client sends on a new connection with one call, or with some work for a broker. */
    static byte[] call(FaultyWire wire) throws Exception {
        try (FaultyWire.Peer peer = wire.serve(new CountedService(), "")) {
            return call(peer);
        }
    }

    private static byte[] call(FaultyWire.Peer peer) throws Exception {
        try (FaultProxy proxy = new FaultProxy(peer.port())) {
            proxy.record(Way.TO_SERVER);
            if (peer.wire().brokered()) {
                ConnectionFactory factory = new ConnectionFactory();
                factory.setPort(proxy.port());
                try (Connection connection = factory.newConnection();
                        Channel channel = connection.createChannel()) {
                    channel.queueDeclare("q", false, false, true, null);
                    channel.basicPublish("", "q", null, new byte[] {1, 2, 3});
                    channel.confirmSelect();
                    channel.basicGet("q", false);
                    channel.basicConsume("q", (tag, message) -> {}, tag -> {});
                }
            } else {
                try (RpcClient client = peer.client(peer.through(proxy)).build()) {
                    client.call("work", String.class, peer.wire().arguments(ID, "text"));
                    return proxy.recorded(Way.TO_SERVER);
                }
            }
            return proxy.recorded(Way.TO_SERVER);
        }
    }
}
