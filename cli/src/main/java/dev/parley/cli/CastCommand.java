package dev.parley.cli;

import dev.parley.RpcClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code parley cast}. */
@Command(
        name = "cast",
        description = "Sends a call without waiting for its result.",
        sortOptions = false,
        footer = {"", "Example:", "  parley cast rabbit://guest:guest@127.0.0.1/ log --topic test message=hello"})
final class CastCommand implements Callable<Integer> {
    @Mixin
    private RequestOptions request = new RequestOptions();

    @Override
    public Integer call() {
        request.check();
        try (RpcClient client = request.connect()) {
            client.cast(request.method(), request.arguments(client.argumentStyle()));
        }
        return ExitCode.OK;
    }
}
