package dev.parley.jsonrpc.openrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client describes servers that describe themselves in other ways than Parley does. */
@Timeout(60)
class DescribingPeersTest {
    private static ServiceDescription describe(RpcServer.Builder builder) {
        try (RpcServer server =
                        builder.listen("jsonrpc+http://127.0.0.1:0").build().start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toString())) {
            return client.describe();
        }
    }

    private static ServiceDescription describe(String document) {
        JsonNode tree = JsonMapper.shared().readTree(document);
        return describe(RpcServer.builder().method("rpc.discover", () -> tree));
    }

    /** In the style of Ethereum's documents: everything is a reference, and types are patterns and alternatives. */
    @Test
    void referencesAreFollowed() {
        ServiceDescription service = describe("""
                {"openrpc": "1.2.4", "info": {"title": "Ethereum JSON-RPC", "version": "1"},
                 "methods": [
                   {"name": "eth_getBlockByNumber", "summary": "A block by its number.",
                    "params": [{"$ref": "#/components/contentDescriptors/Block~1Number"},
                               {"name": "Hydrated", "required": true, "schema": {"type": "boolean"}},
                               {"name": "from", "summary": "An address.",
                                "schema": {"title": "address", "pattern": "^0x[0-9a-f]{40}$"}}],
                    "result": {"name": "Block", "schema": {"$ref": "#/components/schemas/BlockOrNull"}}},
                   {"$ref": "#/components/x-methods/chainId"},
                   {"name": "eth_sign", "deprecated": true, "paramStructure": "by-position",
                    "params": [{"name": "choice", "schema": {"enum": [1, 2]}, "required": false},
                               {"name": "list", "schema": {"items": {}}},
                               {"name": "more", "schema": {"type": ["integer", "null"], "default": 3}},
                               {"name": "loop", "schema": {"$ref": "#/components/schemas/Loop"}},
                               {"name": "elsewhere", "schema": {"$ref": "https://example.com/x.json"}},
                               {"name": "missing", "schema": {"$ref": "#/components/schemas/None"}},
                               {"name": "node", "schema": {"$ref": "#/components/schemas/Node"}}]}],
                 "components": {
                   "contentDescriptors": {"Block/Number": {"name": "Block", "description": "Its number.",
                     "required": true, "schema": {"$ref": "#/components/schemas/BlockNumberOrTag"}}},
                   "x-methods": {"chainId": {"name": "eth_chainId", "params": [],
                     "result": {"name": "Chain", "description": "Its id.", "schema": {"$ref":
                       "#/components/schemas/uint"}}}},
                   "schemas": {
                     "uint": {"type": "string", "pattern": "^0x"},
                     "BlockNumberOrTag": {"oneOf": [{"$ref": "#/components/schemas/uint"},
                                                    {"type": "string", "enum": ["latest"]}]},
                     "BlockOrNull": {"anyOf": [{"type": "null"}, {"allOf": [{"title": "Block"},
                                               {"properties": {"number": {}}}]}]},
                     "Node": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "string"}]},
                     "Loop": {"$ref": "#/components/schemas/Loop"}}}}
                """);

        assertThat(service.name()).isEqualTo("Ethereum JSON-RPC");
        assertThat(service.methods())
                .extracting(ServiceDescription.Method::signature)
                .containsExactly(
                        "eth_chainId() -> string",
                        "eth_getBlockByNumber(Block: string, Hydrated: boolean, from: string?) -> object",
                        "eth_sign(choice: integer?, list: array?, more: integer = 3, loop: any?, elsewhere: any?,"
                                + " missing?, node: any?)");
        ServiceDescription.Method block = service.methods().get(1);
        assertThat(block.doc()).isEqualTo("A block by its number.");
        assertThat(block.parameters())
                .extracting(ServiceDescription.Parameter::doc)
                .containsExactly("Its number.", null, "An address.");
        assertThat(service.methods().getFirst().resultDoc()).isEqualTo("Its id.");
        assertThat(service.methods().getLast().deprecated()).isTrue();
    }

    @Test
    void anOddDocumentIsReadAsFarAsItGoes() {
        ServiceDescription service = describe("""
                {"methods": [{"name": "a", "params": {"b": 1}, "result": 7}, 5, {"params": [{}, "x"]}]}
                """);

        assertThat(service.name()).isEqualTo("JSON-RPC service");
        assertThat(service.methods())
                .extracting(ServiceDescription.Method::signature)
                .containsExactly("?()", "?(??, ??)", "a(??)");
    }

    /** As Python's servers have it, where signatures are text. */
    @Test
    void methodsAreAskedAboutOneByOne() {
        Map<String, Object> signatures = Map.of(
                "one", List.of(List.of("int", "int"), List.of("int", "int", "str")),
                "two", List.of("struct", "string"),
                "three", "signatures not supported");
        ServiceDescription service = describe(RpcServer.builder()
                .method("rpc.discover", () -> {
                    throw new MethodNotFoundException("no");
                })
                .method("system.listMethods", () -> List.of("two", "one", "three", "four", "system.methodHelp"))
                .method("system.methodSignature", String.class, signatures::get)
                .method("system.methodHelp", String.class, name -> {
                    if (name.equals("four")) {
                        throw new IllegalStateException("none of it");
                    }
                    return " About " + name + ". ";
                }));

        assertThat(service.methods())
                .extracting(method -> method.signature() + " " + method.doc())
                .containsExactly(
                        "four(…) null",
                        "one(arg1: integer, arg2: string?) -> integer About one.",
                        "three(…) About three.",
                        "two(arg1: string) -> object About two.");
    }

    @Test
    void aPeerWithoutAnyIsToldSo() {
        RpcServer.Builder builder = RpcServer.builder()
                .method("rpc.discover", () -> {
                    throw new MethodNotFoundException("no discovery");
                })
                .method("system.listMethods", () -> {
                    throw new MethodNotFoundException("no list");
                });

        assertThatThrownBy(() -> describe(builder))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("rpc.discover")
                .hasMessageContaining("system.listMethods")
                .hasMessageContaining("no list");
    }
}
