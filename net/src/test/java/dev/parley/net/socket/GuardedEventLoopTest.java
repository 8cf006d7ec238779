package dev.parley.net.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.FatalErrors;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors that reach the event loops themselves. */
@Timeout(60)
class GuardedEventLoopTest {
    /** What ends a plain event loop: it catches the exception of a task, and fails when it logs that. */
    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new OutOfMemoryError("no room for a message");
        }
    }

    private static void fail(EventExecutor loop) {
        loop.execute(() -> {
            throw new Unprintable();
        });
    }

    private static HttpServer server(int port) {
        return HttpServer.builder()
                .bind("127.0.0.1", port)
                .handle("/", exchange -> exchange.respond(HttpResponse.text(200, "hello")), "GET")
                .build()
                .start();
    }

    private static String get(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void aLoopThatFailsClosesItsSocketsTellsItAndGoesOn() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Runnable forget = FatalErrors.listen(told::complete);
        HttpServer server = server(0);
        int port = server.port();
        try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
            open.setSoTimeout(30_000);
            // Accepted, since it has been served.
            open.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().read()).isEqualTo('H');
            for (EventExecutor loop : EventLoops.shared()) {
                fail(loop);
            }
            assertThat(told.get(30, TimeUnit.SECONDS)).isInstanceOf(OutOfMemoryError.class);
            assertThat(new String(open.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .as("the rest, up to the end of the connection")
                    .contains("hello");
            server.stop().get(30, TimeUnit.SECONDS);
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(IOException.class);

            for (EventExecutor loop : EventLoops.shared()) {
                assertThat(loop.submit(() -> "alive").get(30, TimeUnit.SECONDS)).isEqualTo("alive");
            }
            try (HttpServer again = server(port);
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), again.port())) {
                assertThat(get(socket)).startsWith("HTTP/1.1 200").contains("hello");
            }
        } finally {
            forget.run();
            server.close();
        }
    }

    @Test
    void whatATaskOfAConnectionThrowsGoesThroughItsPipeline() {
        Channel channel = new EmbeddedChannel();
        Error error = new StackOverflowError();
        ChannelTasks.execute(channel, () -> {
            throw error;
        });
        ((EmbeddedChannel) channel).runPendingTasks();
        assertThatThrownBy(((EmbeddedChannel) channel)::checkException).isSameAs(error);
        ChannelTasks.schedule(
                channel,
                () -> {
                    throw error;
                },
                0);
        ((EmbeddedChannel) channel).runScheduledPendingTasks();
        assertThatThrownBy(((EmbeddedChannel) channel)::checkException).isSameAs(error);
    }
}
