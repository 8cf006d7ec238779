package dev.parley.cli;

import dev.parley.RpcClient;
import dev.parley.spi.Wires;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code parley fanout}. */
@Command(
        name = "fanout",
        description = "Sends a call to every server of a topic without waiting for results.",
        sortOptions = false,
        footer = {"", "Example:", "  parley fanout rabbit://guest:guest@127.0.0.1/ refresh --topic test"})
final class FanoutCommand implements Callable<Integer> {
    @Mixin
    private RequestOptions request = new RequestOptions();

    @Override
    public Integer call() {
        request.check();
        if (!Wires.areBrokered(request.address())) {
            throw CommandException.usage(
                    request.address().scheme() + " is a direct wire: only a broker (rabbit, memory) has a fanout");
        }
        try (RpcClient client = request.connect()) {
            client.prepare(o -> o.withFanout(true)).cast(request.method(), request.arguments(client.argumentStyle()));
        }
        return ExitCode.OK;
    }
}
