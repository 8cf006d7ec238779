package dev.parley.bench;

import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Notifications of Python's oslo.messaging, notifier and listener each a process. */
final class PythonNotifications implements Side {
    private final PeerProcess notifier;
    private final int threads;

    PythonNotifications(Peer peer, String transportUrl, int threads) {
        this.threads = threads;
        String program = Path.of(System.getProperty("checkout"), "bench/peers/oslo_notifications.py")
                .toString();
        notifier = PeerProcess.start(
                Map.of("PYTHONUNBUFFERED", "1", "PYTHONWARNINGS", "ignore"),
                List.of(peer.executable("python").toString(), program, transportUrl));
    }

    @Override
    public Result round(Duration length) {
        JsonNode done = notifier.call("round", length.toMillis() / 1000.0, threads);
        return new Result(
                done.get("calls").asLong(),
                done.get("seconds").asDouble(),
                done.get("cpu").asDouble());
    }

    @Override
    public void close() {
        notifier.close();
    }
}
