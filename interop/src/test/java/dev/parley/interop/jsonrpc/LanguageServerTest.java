package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.Expose;
import dev.parley.MethodNotFoundException;
import dev.parley.PeerProfile;
import dev.parley.RpcClient;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real language servers as child processes, which call their client too. */
@Timeout(120)
class LanguageServerTest {
    /** The client's side of the Language Server Protocol. */
    static final class Editor {
        final BlockingQueue<Diagnostics> diagnostics = new LinkedBlockingQueue<>();
        final BlockingQueue<String> contents = new LinkedBlockingQueue<>();

        @Expose("textDocument/publishDiagnostics")
        public void publishDiagnostics(String uri, List<Diagnostic> diagnostics, Optional<Integer> version) {
            this.diagnostics.add(new Diagnostics(uri, diagnostics));
        }

        @Expose("client/registerCapability")
        public void registerCapability(List<Map<String, Object>> registrations) {}

        @Expose("workspace/configuration")
        public List<Object> configuration(List<Map<String, Object>> items) {
            return items.stream().<Object>map(item -> Map.of()).toList();
        }

        @Expose("window/logMessage")
        public void logMessage(int type, String message) {}

        /** VS Code's own: the server asks for a schema. */
        @Expose("vscode/content")
        public String content(String uri) {
            contents.add(uri);
            return "{\"type\": \"object\", \"required\": [\"name\"]}";
        }
    }

    record Diagnostics(String uri, List<Diagnostic> diagnostics) {}

    record Diagnostic(String message, @Nullable Integer severity) {}

    record Initialized(Map<String, Object> capabilities, Map<String, String> serverInfo) {}

    record Item(String label) {}

    record Completion(boolean isIncomplete, List<Item> items) {}

    private static final String FILE = "file:///nowhere/x.py";

    private static RpcClient connect(Path program, String arguments, Editor editor) {
        return RpcClient.builder("jsonrpc+stdio:'" + program + "' " + arguments + "?stderr=discard")
                .endpoint(editor)
                .peer(PeerProfile.LENIENT)
                .build();
    }

    private static void open(RpcClient client, String uri, String language, String text) {
        client.cast(
                "textDocument/didOpen",
                Args.named("textDocument", Map.of("uri", uri, "languageId", language, "version", 1, "text", text)));
    }

    @Test
    @NeedsPeer(Peer.VSCODE_JSON)
    void aServerOnNodeAsksForASchemaAndReportsWhatIsWrong() throws Exception {
        Editor editor = new Editor();
        Path program = Peer.VSCODE_JSON.folder().resolve("node_modules/.bin/vscode-json-languageserver");
        try (RpcClient client = connect(program, "--stdio", editor)) {
            Initialized server = client.call(
                    "initialize",
                    Initialized.class,
                    Args.named(Map.of(
                            "processId",
                            ProcessHandle.current().pid(),
                            "capabilities",
                            Map.of(),
                            "initializationOptions",
                            Map.of("handledSchemaProtocols", List.of("file")))));
            assertThat(server.capabilities()).containsKey("hoverProvider");
            client.cast("initialized", Args.named(Map.of()));
            open(client, "file:///nowhere/x.json", "json", "{\"$schema\": \"asked:the/client\"}");
            assertThat(editor.contents.poll(60, TimeUnit.SECONDS)).isEqualTo("asked:the/client");
            Diagnostics found = editor.diagnostics.poll(60, TimeUnit.SECONDS);
            assertThat(found.uri()).isEqualTo("file:///nowhere/x.json");
            assertThat(found.diagnostics())
                    .extracting(Diagnostic::message)
                    .containsExactly("Missing property \"name\".");
            assertThat(client.call("shutdown", Object.class)).isNull();
            client.cast("exit");
        }
    }

    @Test
    @NeedsPeer(Peer.PYLSP)
    void pylspCompletesPythonAndPublishesDiagnostics() throws Exception {
        Editor editor = new Editor();
        try (RpcClient client = connect(Peer.PYLSP.folder().resolve("bin/pylsp"), "-v", editor)) {
            Initialized server = client.call("initialize", Initialized.class, Args.named("capabilities", Map.of()));
            assertThat(server.capabilities()).containsKey("completionProvider");
            assertThat(server.serverInfo()).containsEntry("name", "pylsp");
            client.cast("initialized", Args.named(Map.of()));
            open(client, FILE, "python", "import os\nos.pa");
            Diagnostics found = editor.diagnostics.poll(60, TimeUnit.SECONDS);
            assertThat(found.uri()).isEqualTo(FILE);
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
