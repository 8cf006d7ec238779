package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A connection that is closed is garbage at once, whatever its timeouts are: many short ones must not fill the memory.
 */
@Timeout(300)
@ExtendWith(Prepared.class)
class ClosedConnectionsTest {
    private static final int CONNECTIONS = 200;

    /** Other tests may have left a few that are about to end. */
    private static final int SPARE = 20;

    private static final Pattern CHANNELS =
            Pattern.compile("\\s+(\\d+)\\s+\\d+\\s+io\\.netty\\.channel\\.\\w+\\.(?:Epoll|Nio)SocketChannel\\b");

    @ParameterizedTest
    @EnumSource
    void leavesNothingInMemory(FaultyWire wire) throws Exception {
        byte[] call = CutRawClientsTest.call(wire);
        String longest = Map.of(
                        FaultyWire.XMLRPC, "idle_timeout=3600&read_timeout=3600",
                        FaultyWire.JSONRPC_HTTP, "idle_timeout=3600&read_timeout=3600",
                        FaultyWire.JSONRPC_WS, "idle_timeout=3600&read_timeout=3600&ping_interval=3600")
                .getOrDefault(wire, "");
        try (FaultyWire.Peer peer = wire.serve(new CountedService(), longest)) {
            int before = channels();
            for (int i = 0; i < CONNECTIONS; i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), peer.port())) {
                    socket.setSoTimeout((int) Leftovers.PATIENCE.toMillis());
                    // Half of them say nothing.
                    if (i % 2 == 0) {
                        socket.getOutputStream().write(call);
                        assertThat(socket.getInputStream().read()).isNotNegative();
                    }
                }
            }
            Leftovers.await(() -> channels() <= before + SPARE);
            assertThat(channels()).isLessThanOrEqualTo(before + SPARE);
        }
    }

    /** How many connections of Netty's are in memory. */
    private static int channels() {
        String histogram;
        try {
            // Collects garbage first.
            histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new AssertionError(e);
        }
        Matcher line = CHANNELS.matcher(histogram);
        int count = 0;
        while (line.find()) {
            count += Integer.parseInt(line.group(1));
        }
        return count;
    }
}
