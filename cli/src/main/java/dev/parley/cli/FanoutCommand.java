package dev.parley.cli;

import dev.parley.CallOptions;
import dev.parley.RpcClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code parley fanout}. */
@Command(
        name = "fanout",
        description = "Sends a call to every server on a topic; nobody waits for answers.",
        sortOptions = false,
        footer = {"", "Example:", "  parley fanout rabbit://guest:guest@127.0.0.1/ refresh --topic test"})
final class FanoutCommand implements Callable<Integer> {
    @Mixin
    private RequestOptions request = new RequestOptions();

    @Override
    public Integer call() {
        request.check();
        if (!Schemes.brokered(request.address())) {
            throw CommandException.usage(
                    request.address().scheme() + " is a direct wire: only a broker (rabbit, memory) has a fanout");
        }
        try (RpcClient client = request.connect()) {
            client.prepare(CallOptions::fanout).cast(request.method(), request.arguments(client.argumentStyle()));
        }
        return ExitCode.OK;
    }
}
