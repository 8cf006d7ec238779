package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.interop.faults.Fault.Kind;
import dev.parley.interop.faults.Fault.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Streams of zerorpc over a connection that breaks: what arrives is the beginning of the stream, in order, and then the
 * end or an error; the next call succeeds, and nothing is left in the server.
 */
@Timeout(300)
class CutStreamsTest {
    private static final int ITEMS = 400;

    public static class Service {
        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).boxed();
        }

        public int add(int a, int b) {
            return a + b;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamEndsWhereverItsConnectionBreaks(Kind kind) throws Exception {
        RpcServer server = RpcServer.builder()
                .endpoint(new Service())
                .listen("zerorpc+tcp://127.0.0.1:0?heartbeat=0.1")
                .build()
                .start();
        int broken = 0;
        try (server;
                FaultProxy proxy = new FaultProxy(server.addresses().getFirst().port(-1));
                RpcClient client = RpcClient.connect("tcp://127.0.0.1:" + proxy.port() + "?heartbeat=0.1&window=50")) {
            assertThat(add(client)).isEqualTo(3);
            proxy.delay(Duration.ofMillis(1));
            for (Way way : Way.values()) {
                // The requests and grants are some 1,000 bytes, the items 40,000.
                for (int after :
                        way == Way.TO_SERVER ? new int[] {0, 50, 150, 400} : new int[] {0, 60, 9_000, 30_011}) {
                    proxy.arm(new Fault(way, after, kind));
                    broken += read(client) ? 0 : 1;
                    proxy.disarm();
                    proxy.cut();
                    assertThat(add(client)).isEqualTo(3);
                }
            }
            server.stop();
            assertThat(server.await(Leftovers.PATIENCE))
                    .as("no stream is left in the server")
                    .isTrue();
        }
        assertThat(broken).as("streams that broke").isPositive();
    }

    /** Reads a stream; {@code false} if it failed. */
    private static boolean read(RpcClient client) {
        List<Integer> seen = new ArrayList<>();
        boolean complete = false;
        try (Stream<Integer> items = client.stream("count", Integer.class, ITEMS)) {
            items.forEach(seen::add);
            complete = true;
        } catch (RpcException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.range(0, seen.size()).boxed().toList());
        if (complete) {
            assertThat(seen).hasSize(ITEMS);
        }
        return complete;
    }

    private static int add(RpcClient client) {
        return client.prepare(o -> o.withIdempotent(true).withMaxAttempts(50)).call("add", int.class, 1, 2);
    }
}
