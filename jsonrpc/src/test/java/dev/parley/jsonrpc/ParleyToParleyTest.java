package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.Target;
import dev.parley.TypeRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ParleyToParleyTest {
    private final Service service = new Service();

    private RpcServer serve(String address) {
        return RpcServer.builder().endpoint(service).listen(address).build().start();
    }

    private static RpcClient connect(RpcServer server, String options) {
        String address = server.addresses().getFirst().toUri();
        return RpcClient.connect(options.isEmpty() ? address : address + (address.contains("?") ? "&" : "?") + options);
    }

    @Test
    void callsByPositionByNameAndByProxyAlike() throws Exception {
        try (RpcServer server = serve("jsonrpc+http://127.0.0.1:0/jsonrpc");
                RpcClient client = connect(server, "")) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(client.call("add", int.class, Args.named("b", 3).and("a", 2)))
                    .isEqualTo(5);
            assertThat(client.call(
                            "corners", new TypeRef<List<Service.Point>>() {}, Map.of("a", new Service.Point(1, 2))))
                    .containsExactly(new Service.Point(1, 2));
            client.cast("note", "cast");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("cast");
            assertThat(client.callAsync("add", int.class, 1, 1).get(20, TimeUnit.SECONDS))
                    .isEqualTo(2);
        }
    }

    @Test
    void errorsComeBackAsTheyWere() {
        try (RpcServer server = serve("jsonrpc+http://127.0.0.1:0");
                RpcClient client = connect(server, "")) {
            assertThatThrownBy(() -> client.call("nosuch", int.class)).isInstanceOf(MethodNotFoundException.class);
            assertThatThrownBy(() -> client.call("add", int.class, 1)).isInstanceOf(InvalidArgumentsException.class);
            assertThatThrownBy(() -> client.call("fail", String.class, "bad"))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ValueError");
                        assertThat(e.module()).isEqualTo("builtins");
                        assertThat(e.remoteMessage()).isEqualTo("bad");
                        assertThat(e.code()).isEqualTo(-32000);
                    });
            assertThatThrownBy(() -> client.call("custom", String.class))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.code()).isEqualTo(404);
                        assertThat(e.remoteMessage()).isEqualTo("no such job");
                        assertThat(e.data()).isEqualTo(Map.of("job", 7));
                    });
        }
    }

    @Test
    void speaksTheOldVersionWhenAsked() {
        try (RpcServer server = serve("jsonrpc+http://127.0.0.1:0");
                RpcClient client = connect(server, "version=1.0")) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThatThrownBy(() -> client.call("add", int.class, Args.named("a", 1)))
                    .isInstanceOf(InvalidArgumentsException.class);
            assertThatThrownBy(() -> client.call("fail", String.class, "bad")).isInstanceOf(RemoteException.class);
            client.cast("note", "old");
            assertThat(service.seen).isNotNull();
        }
    }

    @Test
    void goesThroughAUnixSocket(@TempDir Path folder) {
        try (RpcServer server = serve("jsonrpc+unix://" + folder.resolve("rpc.sock"));
                RpcClient client = connect(server, "")) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(client.call("caller", String.class)).isEqualTo("jsonrpc+unix null nobody");
        }
    }

    @Test
    void credentialsInTheAddress() {
        try (RpcServer server = serve("jsonrpc+http://ann:s%40cret@127.0.0.1:0")) {
            int port = server.addresses().getFirst().port(-1);
            try (RpcClient client = RpcClient.connect("jsonrpc+http://ann:s%40cret@127.0.0.1:" + port)) {
                assertThat(client.call("caller", String.class)).isEqualTo("jsonrpc+http null ann");
            }
            for (String wrong : List.of("", "ann:no@", "bob:s%40cret@")) {
                try (RpcClient client = RpcClient.connect("jsonrpc+http://" + wrong + "127.0.0.1:" + port)) {
                    assertThatThrownBy(() -> client.call("add", int.class, 1, 2))
                            .isInstanceOf(AccessDeniedException.class)
                            .hasMessageContaining("401")
                            .hasMessageNotContaining("no@");
                }
            }
        }
    }

    @Test
    void describesTheService() {
        try (RpcServer server = serve("jsonrpc+http://127.0.0.1:0");
                RpcClient client = connect(server, "")) {
            ServiceDescription description = client.describe();
            assertThat(description.methods())
                    .anySatisfy(method ->
                            assertThat(method.signature()).isEqualTo("add(a: integer, b: integer) -> integer"))
                    .anySatisfy(method -> assertThat(method.signature())
                            .isEqualTo("subtract(minuend: integer, subtrahend: integer = 1) -> integer"))
                    .anySatisfy(method -> assertThat(method.signature()).startsWith("join(first: string, *more"));
        }
    }

    @Test
    void cancellingAFutureInterruptsTheMethod() throws Exception {
        try (RpcServer server = serve("jsonrpc+http://127.0.0.1:0");
                RpcClient client = connect(server, "")) {
            CompletableFuture<String> future = client.callAsync("hold", String.class);
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            future.cancel(true);
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
        }
    }

    @Test
    void addressesThatAreWrong() {
        assertThatThrownBy(() -> RpcClient.connect("jsonrpc+http://127.0.0.1:1?version=3"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("version=3");
        assertThatThrownBy(() -> RpcClient.connect("jsonrpc+http://127.0.0.1:1?colour=red"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("colour");
        assertThatThrownBy(() -> serve("jsonrpc+http://127.0.0.1:0?max_batch=-1"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("max_batch");
        assertThatThrownBy(() -> serve("jsonrpc+https://127.0.0.1:0"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("TLS");
        assertThatThrownBy(() -> RpcClient.connect("jsonrpc+http://127.0.0.1:1", Target.topic("t")))
                .isInstanceOf(InvalidTargetException.class);
    }
}
