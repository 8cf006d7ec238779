package dev.parley.bench;

import dev.parley.Args;
import dev.parley.Execution;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import java.time.Duration;

/**
 * Casts of Parley's oslo.messaging, each of which the broker confirms before its caller goes on; as many on the way as
 * there are callers.
 */
final class ParleyCasts implements Side {
    private final int callers;
    private final String text;
    private final Work work = new Work();
    private final RpcServer server;
    private final RpcClient client;

    ParleyCasts(String address, int callers, int textSize) {
        this.callers = callers;
        this.text = "x".repeat(textSize);
        Target target = Target.topic("bench-casts");
        server = RpcServer.builder()
                .endpoint(work)
                .execution(Execution.inline())
                .listen(address, target.withServer("bench"))
                .build()
                .start();
        client = RpcClient.connect(address, target);
    }

    @Override
    public Result round(Duration length) throws Exception {
        long before = work.noted();
        long cpu = Load.processorNanos();
        long start = System.nanoTime();
        Result sent = Load.run(
                Thread.ofVirtual().factory(), callers, length, () -> client.cast("note", Args.named("text", text)));
        // It counts when it has arrived.
        while (work.noted() - before < sent.operations()) {
            Thread.sleep(1);
        }
        return new Result(sent.operations(), (System.nanoTime() - start) / 1e9, (Load.processorNanos() - cpu) / 1e9);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
