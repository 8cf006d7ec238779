package dev.parley.interop.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.net.socket.EventLoops;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose event loops have failed. */
@Timeout(120)
class ServerFailureTest {
    /** Escapes the event loop, which fails when it logs it. */
    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new OutOfMemoryError("no room for a message");
        }
    }

    @Test
    void itStopsListeningTellsItsUserOnceAndCanBeStartedAgain() throws Exception {
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        try (RpcServer server = RpcServer.builder()
                        .method("hello", () -> "world")
                        .listen("jsonrpc+tcp://127.0.0.1:0")
                        .onFailure(told::add)
                        .build();
                RpcServer stopped = RpcServer.builder()
                        .method("hello", () -> "world")
                        .listen("jsonrpc+tcp://127.0.0.1:0")
                        .onFailure(told::add)
                        .build()) {
            stopped.start().stop();
            String address = server.start().addresses().getFirst().toUri();
            try (RpcClient client = RpcClient.connect(address)) {
                assertThat(client.call("hello", String.class)).isEqualTo("world");

                EventLoops.shared().next().execute(() -> {
                    throw new Unprintable();
                });

                assertThat(told.poll(30, TimeUnit.SECONDS)).isInstanceOf(OutOfMemoryError.class);
                assertThat(server.isReady()).isFalse();
                assertThatThrownBy(() -> client.call("hello", String.class))
                        .isInstanceOf(ConnectionLostException.class);

                server.start();
                try (RpcClient again =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
                    assertThat(again.call("hello", String.class)).isEqualTo("world");
                }
                assertThat(told).isEmpty();
            }
        }
    }
}
