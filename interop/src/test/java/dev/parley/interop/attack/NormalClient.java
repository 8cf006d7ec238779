package dev.parley.interop.attack;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.Target;
import dev.parley.TypeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client that calls over each wire, one call after another, and notes how long each took and which failed. */
final class NormalClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 10;
    private static final String BROKER = "rabbit";
    private static final TypeRef<Map<String, Long>> USAGE = new TypeRef<>() {};

    private final Map<String, RpcClient> clients = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final Set<String> failures = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    NormalClient(Iterable<String> addresses) {
        for (String address : addresses) {
            String scheme = Address.parse(address).scheme();
            RpcClient.Builder builder = RpcClient.builder(address).timeout(TIMEOUT);
            if (scheme.equals(BROKER)) {
                builder.target(Target.topic("attacked"));
            }
            clients.put(scheme, builder.build());
        }
    }

    void start() {
        clients.forEach((scheme, client) -> threads.add(
                Thread.ofPlatform().name("normal-" + scheme).start(() -> callAgainAndAgain(scheme, client))));
    }

    private void callAgainAndAgain(String scheme, RpcClient client) {
        for (int n = 0; !closed; n++) {
            long start = System.nanoTime();
            try {
                Integer sum = scheme.equals(BROKER)
                        ? client.call("add", Integer.class, Args.named("a", n).and("b", 1))
                        : client.call("add", Integer.class, n, 1);
                if (sum == null || sum != n + 1) {
                    failures.add(scheme + ": " + n + " + 1 was " + sum);
                }
            } catch (RuntimeException e) {
                failures.add(scheme + ": " + e);
            }
            nanos.add(System.nanoTime() - start);
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The times since the last call of this, in nanoseconds, sorted. */
    long[] takeNanos() {
        List<Long> taken = new ArrayList<>();
        for (Long next = nanos.poll(); next != null; next = nanos.poll()) {
            taken.add(next);
        }
        return taken.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** What has failed so far, each failure once. */
    Set<String> failures() {
        return Set.copyOf(failures);
    }

    /** What the server holds, over a wire of its own. */
    Map<String, Long> usage() {
        return Objects.requireNonNull(clients.get("jsonrpc+http").call("usage", USAGE));
    }

    @Override
    public void close() {
        closed = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.values().forEach(RpcClient::close);
    }
}
