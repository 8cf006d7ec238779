package dev.parley.interop.behaviour;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class JsonRpcIpcBehaviourTest extends WireBehaviour {
    @TempDir
    static Path folder;

    @Override
    String serverOptions() {
        return "max_connections=50&max_batch=10&max_backlog=50";
    }

    @Override
    String listenAddress() {
        return "jsonrpc+ipc://" + folder.resolve("rpc.sock");
    }

    @Override
    boolean codesHaveMeaning() {
        return true;
    }

    @Override
    boolean bothWays() {
        return true;
    }
}
