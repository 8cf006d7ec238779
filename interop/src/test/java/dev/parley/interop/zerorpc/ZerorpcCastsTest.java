package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pusher, Puller, Publisher and Subscriber of zerorpc for Python against ours; either side binds. */
@Timeout(120)
@NeedsPeer(Peer.ZERORPC_PYTHON)
class ZerorpcCastsTest {
    /** Keeps what it is told. */
    public static class Jobs {
        final BlockingQueue<String> done = new LinkedBlockingQueue<>();

        public void job(RpcContext context, int number, String text) {
            done.add(number + " " + text + ", " + context.values().get("trace_id"));
        }
    }

    private final String address = "tcp://127.0.0.1:" + FreePorts.take();

    private static PeerProcess python(String kind, String address, boolean binds) {
        List<String> arguments = new ArrayList<>(List.of(kind, address));
        if (binds) {
            arguments.add("--bind");
        }
        return PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_casts.py", arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"push, Pusher, true", "push, Pusher, false", "publish, Publisher, true", "publish, Publisher, false"})
    void pythonCastsToJava(String pattern, String kind, boolean pythonBinds) throws Exception {
        Jobs jobs = new Jobs();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(jobs)
                        .listen(address + "?pattern=" + pattern + "&connect=" + pythonBinds)
                        .build()
                        .start();
                PeerProcess python = python(kind, address, pythonBinds)) {
            // A publisher is not heard before its subscriber has connected.
            while (jobs.done.isEmpty()) {
                assertThat(python.call("job", 0, "zero").has("ok")).isTrue();
            }
            python.call("nosuch", 1);
            python.call("job", "no number");
            assertThat(python.call("job", 7, "seven").has("ok")).isTrue();
            String next = jobs.done.poll(30, TimeUnit.SECONDS);
            while ("0 zero, from python".equals(next)) {
                next = jobs.done.poll(30, TimeUnit.SECONDS);
            }
            assertThat(next).isEqualTo("7 seven, from python");
            assertThat(server.isReady()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"push, Puller, true", "push, Puller, false", "publish, Subscriber, true", "publish, Subscriber, false"})
    void javaCastsToPython(String pattern, String kind, boolean pythonBinds) throws Exception {
        try (RpcClient client = RpcClient.connect(address + "?pattern=" + pattern + "&bind=" + !pythonBinds);
                PeerProcess python = python(kind, address, pythonBinds)) {
            python.ready();
            while (!client.isReady()) {
                Thread.sleep(10);
            }
            client.cast("nosuch", 1);
            client.with(Map.of("trace_id", "from java")).cast("job", 1, "one");
            assertThat(python.json("job").path("job").toString()).isEqualTo("[1,\"one\",\"from java\"]");
            for (int i = 0; i < 1000; i++) {
                client.cast("job", i, "many");
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(python.json("job").path("job").get(0).asInt()).isEqualTo(i);
            }
        }
    }
}
