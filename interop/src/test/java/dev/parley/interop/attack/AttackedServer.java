package dev.parley.interop.attack;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.parley.Address;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.spi.MemoryBudget;
import java.lang.management.ManagementFactory;
import java.util.Map;

/** A server with all wires and a broker, in a small process of its own, which ends with its standard input. */
public final class AttackedServer {
    private AttackedServer() {}

    /** What is served. */
    public static final class Service {
        public int add(int a, int b) {
            return a + b;
        }

        public Object echo(Object value) {
            return value;
        }

        /** Takes some time, as a method does that asks a database. */
        public String sleep(long millis) throws InterruptedException {
            Thread.sleep(millis);
            return "slept";
        }

        /** A long text. */
        public String text(int length) {
            return "x".repeat(length);
        }

        /** What the process holds, without garbage. */
        public Map<String, Long> usage() {
            System.gc();
            UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return Map.of(
                    "heap",
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    "threads",
                    (long) ManagementFactory.getThreadMXBean().getThreadCount(),
                    "descriptors",
                    system.getOpenFileDescriptorCount(),
                    "budget",
                    MemoryBudget.process().used());
        }
    }

    /** Prints {@code ready MANAGEMENT_PORT ADDRESS…}. */
    public static void main(String[] args) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().managementPort(0).start();
                RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .listen("xmlrpc+http://127.0.0.1:0/RPC2")
                        .listen("jsonrpc+http://127.0.0.1:0/rpc")
                        .listen("jsonrpc+ws://127.0.0.1:0/ws")
                        .listen("jsonrpc+tcp://127.0.0.1:0")
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .listen(broker.address(), Target.topic("attacked").withServer("server"))
                        .build()) {
            server.start();
            StringBuilder ready = new StringBuilder("ready " + broker.managementPort());
            for (Address address : server.addresses()) {
                ready.append(' ').append(address.toUri());
            }
            System.out.println(ready);
            while (System.in.read() >= 0) {
                // Until the end of the input.
            }
        }
    }
}
