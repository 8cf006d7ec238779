package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.parley.Default;
import dev.parley.Doc;
import dev.parley.Remaining;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The document of {@code rpc.discover} is one by OpenRPC's own meta-schema, and its schemas are JSON Schemas. */
@NeedsPeer(Peer.OPEN_RPC)
class OpenRpcMetaSchemaTest {
    private static JsonNode openRpc;
    private static JsonNode jsonSchema;

    /** Methods with everything that a document can have. */
    public static final class Everything {
        public enum Kind {
            ONE,
            TWO
        }

        public record Item(UUID id, @Nullable Item parent, Map<String, List<Kind>> kinds, Instant at) {}

        @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
        @JsonSubTypes({@JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(Square.class)})
        public sealed interface Shape permits Circle, Square {}

        public record Circle(double radius) implements Shape {}

        public record Square(double side) implements Shape {}

        @Doc("Returns what it gets.")
        public Item item(Item item, @Default("{\"a\": 1}") Map<String, Integer> options) {
            return item;
        }

        public Optional<Shape> shape(List<? extends Shape> shapes, Kind... kinds) {
            return Optional.ofNullable(shapes.getFirst());
        }

        public int over(int one) {
            return one;
        }

        public String over(String one, Object two) {
            return one;
        }

        @Deprecated
        public void old(byte[] bytes, @Remaining Map<String, Object> rest) throws IOException {
            if (bytes.length == 0) {
                throw new IOException("nothing");
            }
        }
    }

    @BeforeAll
    static void readMetaSchemas() {
        String script = """
                console.log(JSON.stringify({
                  openrpc: require('@open-rpc/meta-schema').openrpcDocument,
                  schema: require('@json-schema-tools/meta-schema').jsonSchema,
                }));
                """;
        try (PeerProcess node = PeerProcess.start(Peer.OPEN_RPC, "-e", script)) {
            JsonNode both = node.json();
            openRpc = plain(both.path("openrpc"));
            jsonSchema = plain(both.path("schema"));
        }
    }

    /** Without the name of its own meta-schema, which is one of draft 7 with titles. */
    private static JsonNode plain(JsonNode schema) {
        ((ObjectNode) schema).remove("$schema");
        return schema;
    }

    private static Schema metaSchema() {
        Map<String, String> known = Map.of(
                "https://meta.json-schema.tools", jsonSchema.toString(),
                "https://meta.json-schema.tools/", jsonSchema.toString());
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7, builder -> builder.schemas(known))
                .getSchema(openRpc);
    }

    private static JsonNode discover() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Everything())
                        .endpoint(new CalculatorService())
                        .method("function", Integer.class, String.class, (a, b) -> a + b)
                        .listen("jsonrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toString())) {
            return client.call("rpc.discover", JsonNode.class);
        }
    }

    @Test
    void theDocumentIsValid() {
        assertThat(metaSchema().validate(discover())).isEmpty();
    }

    @Test
    void everySchemaIsValidByDraft7() {
        JsonNode schemas = discover().path("components").path("schemas");
        assertThat(schemas.propertyNames()).contains("Circle", "Item", "Kind", "Shape", "Square");
        JsonNode draft7 = JsonMapper.shared().readTree("{\"$ref\": \"http://json-schema.org/draft-07/schema#\"}");
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(draft7);
        schemas.forEach(one -> assertThat(schema.validate(one)).as("%s", one).isEmpty());
    }

    /** So that the two tests above can fail. */
    @Test
    void whatIsWrongIsFound() {
        ObjectNode document = (ObjectNode) discover();
        ((ObjectNode) document.path("methods").path(0)).put("paramStructure", "by-guess");
        ((ObjectNode) document.path("components").path("schemas").path("Circle")).put("type", "circle");

        assertThat(metaSchema().validate(document).toString()).contains("paramStructure", "Circle");
    }
}
