package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real language server as a child process. */
@NeedsPeer(Peer.PYLSP)
@Timeout(120)
class LanguageServerTest {
    record Initialized(Map<String, Object> capabilities, Map<String, String> serverInfo) {}

    record Item(String label) {}

    record Completion(boolean isIncomplete, List<Item> items) {}

    private static final String FILE = "file:///nowhere/x.py";

    @Test
    void pylspCompletesPython() {
        String address = "jsonrpc+stdio:'" + Peer.PYLSP.folder().resolve("bin/pylsp") + "' -v?stderr=discard";
        try (RpcClient client = RpcClient.connect(address)) {
            Initialized server = client.call("initialize", Initialized.class, Args.named("capabilities", Map.of()));
            assertThat(server.capabilities()).containsKey("completionProvider");
            assertThat(server.serverInfo()).containsEntry("name", "pylsp");
            client.cast("initialized", Args.named(Map.of()));
            client.cast(
                    "textDocument/didOpen",
                    Args.named(
                            "textDocument",
                            Map.of("uri", FILE, "languageId", "python", "version", 1, "text", "import os\nos.pa")));
            Completion completion = client.call(
                    "textDocument/completion",
                    Completion.class,
                    Args.named(Map.of(
                            "textDocument", Map.of("uri", FILE), "position", Map.of("line", 1, "character", 5))));
            assertThat(completion.items()).contains(new Item("path"), new Item("pardir"));
            assertThatThrownBy(() -> client.call("no/such", Object.class, Args.named(Map.of())))
                    .isInstanceOf(MethodNotFoundException.class);
            assertThat(client.call("shutdown", Object.class)).isNull();
            client.cast("exit");
        }
    }
}
