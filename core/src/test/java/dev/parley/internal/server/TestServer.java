package dev.parley.internal.server;

import dev.parley.RpcServer;
import org.jspecify.annotations.Nullable;

/** A server without a wire, whose calls come from a test. */
final class TestServer {
    private TestServer() {}

    /** Runs one call. */
    static RecordedCall call(RpcServer server, String method, @Nullable String arguments) {
        return call(server, new RecordedCall(method, arguments));
    }

    /** Runs one call. */
    static RecordedCall call(RpcServer server, RecordedCall call) {
        boolean unused =
                ((MultiWireServer) server).dispatcher().source(() -> {}).dispatch(call);
        return call;
    }
}
