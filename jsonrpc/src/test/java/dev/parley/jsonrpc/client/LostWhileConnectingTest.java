package dev.parley.jsonrpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.Limits;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.jsonrpc.session.Connection;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.net.socket.Trust;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.ValueMapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A connection that is lost before the thread that asked for it goes on, as happens on a busy machine. The thread is
 * held up here until that is so.
 */
@Timeout(60)
class LostWhileConnectingTest {
    /** Connects, and returns once the server's first connection is lost. Thread-safe. */
    private record HeldUp(Connector connector, CountDownLatch lost) implements Connector {
        @Override
        public void connect(Events events) {
            connector.connect(new Events() {
                @Override
                public void opened(Connection connection) {
                    events.opened(connection);
                }

                @Override
                public void failed(RpcException error) {
                    events.failed(error);
                    lost.countDown();
                }

                @Override
                public void received(Object message) {
                    events.received(message);
                }

                @Override
                public void receivedAll() {
                    events.receivedAll();
                }

                @Override
                public void writabilityChanged() {
                    events.writabilityChanged();
                }

                @Override
                public void lost(Throwable cause) {
                    events.lost(cause);
                    lost.countDown();
                }
            });
            try {
                assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** What becomes of a call. Thread-safe. */
    private static final class Outcome extends CompletableFuture<Object> implements ResponseListener {
        @Override
        public void onSent() {}

        @Override
        public void onResult(EncodedResult result) {
            complete("a result");
        }

        @Override
        public void onItem(EncodedResult item) {}

        @Override
        public void onEnd() {}

        @Override
        public void onFailure(Throwable error) {
            complete(error);
        }

        @Override
        public void onNotSent(RpcException error) {
            complete(error);
        }
    }

    @Test
    void theNextCallConnectsAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Address address = Address.parse("jsonrpc+tcp://127.0.0.1:" + server.getLocalPort());
            SessionTransport transport = new SessionTransport(
                    address,
                    new ClientContext(new ValueMapping(Limits.defaults(), List.of()), Target.none(), null),
                    (options, maxMessage) -> new HeldUp(
                            new SocketConnector(
                                    address,
                                    StreamAddress.of(address, options),
                                    Framing.LINES,
                                    maxMessage,
                                    Duration.ofSeconds(10),
                                    new Trust(null, true)),
                            new CountDownLatch(1)));
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> serve(server));

            assertThat(call(transport).get(30, TimeUnit.SECONDS)).isInstanceOf(ConnectionLostException.class);
            assertThat(call(transport).get(30, TimeUnit.SECONDS)).isEqualTo("a result");

            transport.close();
            serving.get(30, TimeUnit.SECONDS);
        }
    }

    private static Outcome call(SessionTransport transport) {
        Outcome outcome = new Outcome();
        transport.start(
                new ClientCall(
                        "m",
                        Args.of(),
                        ClientRequest.Kind.CALL,
                        Object.class,
                        CallOptions.defaults(),
                        Duration.ofSeconds(30)),
                outcome);
        return outcome;
    }

    /** Closes the first connection, and responds on the second one. */
    private static void serve(ServerSocket server) {
        try {
            server.accept().close();
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(30_000);
                String request = "";
                for (int b = socket.getInputStream().read();
                        b >= 0 && b != '\n';
                        b = socket.getInputStream().read()) {
                    request += (char) b;
                }
                String id = request.replaceFirst(".*\"id\":(\\d+).*", "$1");
                socket.getOutputStream()
                        .write(("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":5}\n")
                                .getBytes(StandardCharsets.UTF_8));
                assertThat(socket.getInputStream().read()).isNegative();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
