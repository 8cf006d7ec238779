package dev.parley.interop.oslo;

import dev.parley.RpcServer;
import dev.parley.Target;

/** A server in a process of its own, which one of its methods ends as a crash would. */
public final class DyingServer {
    static final int EXIT_CODE = 42;

    private DyingServer() {}

    /** What is served. */
    public static final class Endpoint {
        public void die() {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    /** {@code DyingServer ADDRESS TOPIC}; ends by itself after a minute. */
    public static void main(String[] args) throws InterruptedException {
        RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(args[0], Target.topic(args[1]).withServer("server1"))
                .build()
                .start();
        System.out.println("ready " + args[0]);
        Thread.sleep(60_000);
        System.exit(0);
    }
}
