package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.parley.cli.Cli.Run;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose response makes the reader run into an {@link Error}, or out of what it may cost. */
@Timeout(120)
class HostileResponseTest {
    @Test
    void aHundredThousandEmptyGzipMembersAreOneLine() throws Exception {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        new GZIPOutputStream(member).close();
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            members.writeBytes(member.toByteArray());
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                exchange.sendResponseHeaders(200, members.size());
                exchange.getResponseBody().write(members.toByteArray());
            }
        });
        server.start();
        try {
            Run run = Cli.run(
                    "call", "jsonrpc+http://127.0.0.1:" + server.getAddress().getPort() + "/", "add", "1", "2");
            assertThat(run.exitCode()).isNotZero();
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("parley: ").hasLineCount(1);
        } finally {
            server.stop(0);
        }
    }
}
