package dev.parley.interop.faults;

import dev.parley.ConnectionLostException;
import dev.parley.Param;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A JVM that is going to be stopped and killed.
 *
 * <pre>
 * serve ADDRESS…          prints "ready ADDRESS…", and "ran ID" for each call
 * call ADDRESS…           prints "ready", and four times a second "calls OK FAILED VIOLATED" for each wire in a line
 * </pre>
 *
 * <p>The addresses are in the order of {@link FaultyWire}; that of the broker has the topic as its fragment.
 */
final class KilledChild {
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** What the peers of a process that is stopped or killed may see; see errors.md. */
    static final Set<Class<? extends RpcException>> ALLOWED =
            Set.of(ConnectionLostException.class, RpcTimeoutException.class);

    private KilledChild() {}

    static PeerProcess start(String mode, List<String> addresses) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledChild.class.getName(),
                mode));
        command.addAll(addresses);
        return PeerProcess.start(Map.of(), command);
    }

    /** What is served here. Thread-safe. */
    public static final class Printing extends CountedService {
        @Override
        public String work(@Param("id") int id, @Param("text") String text) {
            String result = super.work(id, text);
            // Before the response: what a killed process has printed is not lost.
            synchronized (System.out) {
                System.out.println("ran " + id);
            }
            return result;
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        List<String> addresses = Arrays.asList(arguments).subList(1, arguments.length);
        if (arguments[0].equals("serve")) {
            serve(addresses);
        } else {
            call(addresses);
        }
    }

    private static void serve(List<String> addresses) throws InterruptedException {
        RpcServer.Builder builder = RpcServer.builder().endpoint(new Printing());
        for (String address : addresses) {
            builder.listen(withoutTopic(address), serverTopic(address));
        }
        RpcServer server = builder.build().start();
        List<String> bound =
                server.addresses().stream().map(address -> address.toUri()).toList();
        System.out.println("ready " + String.join(" ", bound));
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void call(List<String> addresses) throws InterruptedException {
        List<Traffic> traffic = new ArrayList<>();
        List<Tally> tallies = new ArrayList<>();
        Iterator<String> next = addresses.iterator();
        for (FaultyWire wire : FaultyWire.values()) {
            Tally tally = new Tally();
            tallies.add(tally);
            traffic.add(traffic(wire, next.next(), tally));
        }
        System.out.println("ready");
        while (true) {
            StringBuilder line = new StringBuilder("calls");
            for (int i = 0; i < traffic.size(); i++) {
                line.append(' ').append(traffic.get(i).succeeded());
                line.append(' ').append(traffic.get(i).failed());
                line.append(' ').append(tallies.get(i).isViolated());
            }
            System.out.println(line);
            Thread.sleep(250);
        }
    }

    /** Four callers. */
    static Traffic traffic(FaultyWire wire, String address, Tally tally) {
        RpcClient client = RpcClient.builder(withoutTopic(address))
                .target(topic(address))
                .timeout(TIMEOUT)
                .build();
        return new Traffic(wire, client, 4, TIMEOUT, Duration.ofMillis(5), ALLOWED, tally);
    }

    static Target serverTopic(String address) {
        Target topic = topic(address);
        return topic.needsBroker() ? topic.withServer("one") : topic;
    }

    static Target topic(String address) {
        int fragment = address.indexOf('#');
        return fragment < 0 ? Target.none() : Target.topic(address.substring(fragment + 1));
    }

    static String withoutTopic(String address) {
        int fragment = address.indexOf('#');
        return fragment < 0 ? address : address.substring(0, fragment);
    }
}
