package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.cli.Cli.Run;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // The servers are never referenced.
class PingCommandTest {
    private static RpcServer serve(String address, Target target) {
        return RpcServer.builder()
                .endpoint(new Calculator())
                .listen(address, target)
                .build()
                .start();
    }

    @Test
    void asksTheServersOfATopic(@TempDir Path folder) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                RpcServer plain = serve(broker.address(), Target.topic("plain").withServer("one"));
                RpcServer server = serve(
                        broker.address() + "?rpc_ping_enabled=true",
                        Target.topic("test").withServer("one"))) {
            Path nova = Files.writeString(
                    folder.resolve("service.conf"), "[DEFAULT]\ntransport_url = " + broker.address() + "\n");
            Run run = Cli.run("ping", "--config-file", nova.toString(), "--topic", "test", "--server", "one");
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.line()).matches("pong from rabbit://.* topic test server one in \\d+ ms");
            assertThat(run.err()).isEmpty();

            Run off = Cli.run("ping", broker.address(), "--topic", "plain");
            assertThat(off.exitCode()).as(off.err()).isZero();
            assertThat(off.line()).matches("response from .* topic plain in \\d+ ms, without rpc_ping_enabled");

            Run nobody = Cli.run("ping", broker.address(), "--topic", "test", "--server", "two", "-t", "1s");
            assertThat(nobody.exitCode()).isEqualTo(ExitCode.TIMEOUT);
            assertThat(nobody.out()).isEmpty();
            assertThat(nobody.err())
                    .contains("no response to oslo_rpc_server_ping within", "there is no queue 'test.two'")
                    .hasLineCount(1);

            assertThat(Cli.run("ping", broker.address()).exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(Cli.run("ping").err()).contains("no peer given");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zerorpc+tcp://127.0.0.1:0",
                "xmlrpc+http://127.0.0.1:0/RPC2",
                "jsonrpc+http://127.0.0.1:0/rpc",
                "jsonrpc+tcp://127.0.0.1:0"
            })
    void asksDirectPeers(String address) {
        String served;
        try (RpcServer server = serve(address, Target.none())) {
            served = server.addresses().getFirst().toUri();
            Run run = Cli.run("ping", served);
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.line()).matches("(pong|response) from .* in \\d+ ms.*");
        }
        Run run = Cli.run("ping", served, "-t", "2s");
        assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.NO_CONNECTION, ExitCode.TIMEOUT);
        assertThat(run.err()).hasLineCount(1);
    }

    @Test
    void aBrokerThatSaysNothingTakesNoLongerThanTheTimeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Run run =
                    Cli.run("ping", "rabbit://127.0.0.1:" + silent.getLocalPort() + "/", "--topic", "t", "-t", "300ms");
            assertThat(run.exitCode()).isEqualTo(ExitCode.TIMEOUT);
            assertThat(run.err())
                    .contains("no connection to rabbit://127.0.0.1", "within 300 ms")
                    .hasLineCount(1);
        }
    }
}
