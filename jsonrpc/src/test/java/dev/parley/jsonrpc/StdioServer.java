package dev.parley.jsonrpc;

import dev.parley.RpcContext;
import dev.parley.RpcServer;
import java.util.concurrent.CountDownLatch;

/** A child process that serves its parent, for {@link StdioTest}. */
final class StdioServer {
    private StdioServer() {}

    /** What it serves. */
    static final class Methods {
        private final CountDownLatch never = new CountDownLatch(1);

        public int add(int a, int b) {
            // What methods print does not reach the parent as a message.
            System.out.println("adding");
            return a + b;
        }

        public String echo(String text) {
            return text;
        }

        public String hold() {
            try {
                never.await();
                return "released";
            } catch (InterruptedException e) {
                return "interrupted";
            }
        }

        /** Notifies the parent, then asks it. */
        public int askParent(RpcContext context, int number) {
            context.caller().cast("noted", number);
            return context.caller().call("twice", int.class, number);
        }

        public void exit(int status) {
            Runtime.getRuntime().halt(status);
        }
    }

    /** Serves until the end of input, or ignores the end of input and TERM if asked to. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length > 0 && args[0].equals("sleep")) {
            Thread.sleep(600_000);
        }
        RpcServer server = RpcServer.builder()
                .endpoint(new Methods())
                .listen("jsonrpc+stdio:")
                .build()
                .start();
        server.await();
        server.close();
        System.err.println("served to the end");
    }
}
