package dev.parley.jsonrpc;

import dev.parley.RpcServer;
import dev.parley.spi.MemoryBudget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A child process with a small heap that {@link MemoryAttackTest} attacks. It prints its address, and for each line of
 * input what its messages hold, the heap in use, and how many messages were refused.
 */
final class AttackedServer {
    private AttackedServer() {}

    /** What it serves. */
    static final class Methods {
        public int add(int a, int b) {
            return a + b;
        }

        public int size(List<Object> items) {
            return items.size();
        }
    }

    public static void main(String[] args) throws IOException {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Methods())
                        .listen("jsonrpc+ws://127.0.0.1:0/jsonrpc?read_timeout=5")
                        .build()
                        .start();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(server.addresses().getFirst());
            MemoryBudget budget = MemoryBudget.process();
            while (in.readLine() != null) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                System.out.println(budget.used() + " " + (runtime.totalMemory() - runtime.freeMemory()) + " "
                        + (budget.refused() + budget.shed()) + " " + budget.limit());
            }
        }
    }
}
