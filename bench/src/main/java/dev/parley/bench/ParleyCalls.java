package dev.parley.bench;

import dev.parley.Args;
import dev.parley.Execution;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import java.time.Duration;

/** Calls of Parley's oslo.messaging. */
final class ParleyCalls implements Side {
    private final int callers;
    private final RpcServer server;
    private final RpcClient client;

    ParleyCalls(String address, int callers, Execution execution) {
        this.callers = callers;
        Target target = Target.topic("bench-calls");
        server = RpcServer.builder()
                .endpoint(new Work())
                .execution(execution)
                .listen(address, target.withServer("bench"))
                .build()
                .start();
        client = RpcClient.connect(address, target);
    }

    @Override
    public Result round(Duration length) throws Exception {
        return Load.run(callers, length, () -> {
            Integer sum = client.call("add", int.class, Args.named("x", 2).and("y", 3));
            if (sum == null || sum != 5) {
                throw new IllegalStateException("2 + 3 = " + sum);
            }
        });
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
