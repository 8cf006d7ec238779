package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON texts on Unix-domain sockets, as lightningd and geth speak them. */
@Timeout(60)
class IpcTest {
    @TempDir
    Path folder;

    private String address() {
        return "jsonrpc+ipc://" + folder.resolve("rpc.sock");
    }

    private RpcServer serve(Service service) {
        return RpcServer.builder().endpoint(service).listen(address()).build().start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?framing=headers", "?version=1.0"})
    void parleyToParley(String options) throws Exception {
        try (RpcServer server = serve(new Service());
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri() + options)) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(client.callAsync("add", Integer.class, i, 1));
            }
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        }
        assertThat(folder.resolve("rpc.sock")).doesNotExist();
    }

    @Test
    void aCallWithoutANewlineAndAHalfClosedSocketAreAnswered() throws IOException {
        String call = "{ \"jsonrpc\" : \"2.0\", \"method\" : \"add\",\n \"params\" : [2, 3], \"id\" : \"cli:1\" }";
        try (RpcServer server = serve(new Service());
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("rpc.sock")))) {
            assertThat(server.addresses().getFirst().scheme()).isEqualTo("jsonrpc+ipc");
            peer.write(ByteBuffer.wrap(call.getBytes(StandardCharsets.UTF_8)));
            peer.shutdownOutput();
            assertThat(new String(Channels.newInputStream(peer).readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"cli:1\",\"result\":5}\n");
        }
    }

    @Test
    void aDaemonThatPrettyPrintsIsRead() throws Exception {
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(folder.resolve("rpc.sock")));
            try (RpcClient client = RpcClient.connect(address())) {
                CompletableFuture<Object> info = client.callAsync("getinfo", Object.class);
                SocketChannel peer = daemon.accept();
                peer.write(ByteBuffer.wrap(
                        "{\n   \"jsonrpc\": \"2.0\",\n   \"id\": 1,\n   \"result\": {\n      \"id\": \"02ab\"\n   }\n}\n\n"
                                .getBytes(StandardCharsets.UTF_8)));
                assertThat(info.get(30, TimeUnit.SECONDS)).isEqualTo(java.util.Map.of("id", "02ab"));
                peer.close();
            }
        }
    }

    @Test
    void refusesWhatIsNoSocketFile() throws IOException {
        try (RpcClient client = RpcClient.connect(address())) {
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("rpc.sock");
        }
        for (String address : List.of("jsonrpc+ipc:", "jsonrpc+ipc://host/file", "jsonrpc+ipc:///f?token=x")) {
            assertThatThrownBy(() -> RpcClient.connect(address).close())
                    .as(address)
                    .isInstanceOf(InvalidTargetException.class);
        }
        Files.createFile(folder.resolve("rpc.sock"));
        assertThatThrownBy(() -> serve(new Service()).close()).isInstanceOf(InvalidTargetException.class);
    }
}
