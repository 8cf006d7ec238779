package dev.parley.jsonrpc;

import dev.parley.RpcServer;
import dev.parley.spi.MemoryBudget;

/** A server in a process of its own, which prints its address and runs until its input ends. */
final class SmallHeapServer {
    private SmallHeapServer() {}

    public static void main(String[] args) throws Exception {
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Service())
                .method("used", () -> MemoryBudget.process().used())
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start()) {
            System.out.println(server.addresses().getFirst());
            while (System.in.read() >= 0) {
                // Waits for the end.
            }
        }
    }
}
