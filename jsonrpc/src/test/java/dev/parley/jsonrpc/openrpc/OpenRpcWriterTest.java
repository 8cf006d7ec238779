package dev.parley.jsonrpc.openrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.parley.Args;
import dev.parley.InvalidArgumentsException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code rpc.discover} says of the types of {@link Catalog}, and whether it is true. */
class OpenRpcWriterTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static RpcServer server;
    private static RpcClient client;
    private static JsonNode document;

    @BeforeAll
    static void serve() {
        server = RpcServer.builder()
                .endpoint(new Catalog())
                .listen("jsonrpc+http://127.0.0.1:0")
                .build()
                .start();
        client = RpcClient.connect(server.addresses().getFirst().toString());
        document = client.call("rpc.discover", JsonNode.class);
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static JsonNode method(String name) {
        for (JsonNode method : document.path("methods")) {
            if (method.path("name").asString().equals(name)) {
                return method;
            }
        }
        throw new AssertionError("no method " + name);
    }

    private static JsonNode schema(String name) {
        return document.path("components").path("schemas").path(name);
    }

    private static List<String> problems(JsonNode schema, JsonNode value) {
        ObjectNode whole = (ObjectNode) schema.deepCopy();
        whole.set("components", document.path("components"));
        List<String> problems = new ArrayList<>();
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(whole)
                .validate(value)
                .forEach(problem -> problems.add(problem.toString()));
        return problems;
    }

    /** Values that the server takes, and whose results are as described. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bytes    | ["AAEC"]
            nodes    | [{"items": [{"name": "a", "children": [], "links": {}}], "next": null, "total": 3}]
            nodes    | [{"items": [], "total": null}]
            shapes   | [{"items": [{"kind": "circle", "radius": 1}, {"kind": "square", "side": 2, "within": []}]}]
            shape    | [{"kind": "square", "side": 2, "within": [{"kind": "circle", "radius": 1}]}]
            circle   | [{"kind": "circle", "radius": 1}]
            bean     | [{"display_name": "n", "remark": null}]
            loose    | [{"text": "t", "number": 7}]
            code     | ["c"]
            nested   | [{"a": [{"b": "RED"}]}]
            matrix   | [[[1, 2], []]]
            set      | [["a", null]]
            optional | ["RED", 7]
            optional | [null]
            nullable | [null]
            later    | []
            stream   | []
            nothing  | []
            over     | [1]
            over     | ["a", true]
            """)
    void whatTheServerTakesAndReturnsIsAsDescribed(String method, String params) {
        assertDescribed(method, params);
    }

    @Test
    void valuesOfManyMembersAreAsDescribed() {
        assertDescribed("scalars", """
                [{"flag": true, "tiny": 1, "small": 2, "number": 3, "large": 4, "single": 0.5, "precise": 1e300,
                  "letter": "x", "huge": 123456789012345678901234567890, "exact": 1.10, "text": "t",
                  "id": "123e4567-e89b-12d3-a456-426614174000", "link": "http://a/b",
                  "at": "2026-01-02T03:04:05Z", "day": "2026-01-02", "local": "2026-01-02T03:04:05",
                  "time": "PT1M", "color": "dark-green", "any": [1, null]}]
                """);
        assertDescribed("tree", """
                [{"name": "a", "parent": null, "links": {}, "children": [
                  {"name": "b", "parent": {"name": "c", "children": [], "links": {}}, "children": [],
                   "links": {"x": [null]}}]}]
                """);
        assertDescribed("bean", """
                [{"first_value": 1, "display_name": "n", "password": "p", "day": "02.01.2026",
                  "root": {"name": "r", "children": [], "links": {}}}]
                """);
    }

    private static void assertDescribed(String method, String params) {
        JsonNode values = JSON.readTree(params);
        for (int i = 0; i < values.size(); i++) {
            JsonNode parameter = method(method).path("params").path(i);
            assertThat(problems(parameter.path("schema"), values.get(i))).isEmpty();
        }
        for (int i = values.size(); i < method(method).path("params").size(); i++) {
            assertThat(method(method).path("params").path(i).path("required").asBoolean())
                    .isFalse();
        }

        JsonNode result = client.call(method, JsonNode.class, JSON.treeToValue(values, Object[].class));

        JsonNode written = result == null ? NullNode.getInstance() : result;
        assertThat(problems(method(method).path("result").path("schema"), written))
                .as("%s", written)
                .isEmpty();
    }

    /** Values that do not fit the description are refused by the server too. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bytes    | 5
            shape    | {"radius": 1}
            shape    | {"kind": "star"}
            circle   | {"kind": "square", "radius": 1}
            bean     | {"display_name": "n", "first_value": "1"}
            loose    | {"number": 1.5}
            code     | {"value": "c"}
            nested   | {"a": [{"b": "BLUE"}]}
            nested   | {"a": {}}
            matrix   | [[1, "2"]]
            optional | "BLUE"
            over     | true
            """)
    void whatIsNotAsDescribedIsRefused(String method, String value) {
        JsonNode tree = JSON.readTree(value);

        assertThat(problems(method(method).path("params").path(0).path("schema"), tree))
                .isNotEmpty();
        assertThatThrownBy(() -> client.call(method, JsonNode.class, tree))
                .isInstanceOf(InvalidArgumentsException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            flag    | {"type":"boolean"}
            tiny    | {"type":"integer","minimum":-128,"maximum":127}
            small   | {"type":"integer","minimum":-32768,"maximum":32767}
            number  | {"type":"integer","format":"int32"}
            large   | {"type":"integer","format":"int64"}
            single  | {"type":"number","format":"float"}
            precise | {"type":"number","format":"double"}
            letter  | {"type":"string","minLength":1,"maxLength":1}
            huge    | {"type":"integer"}
            exact   | {"type":"number"}
            text    | {"type":"string"}
            id      | {"type":"string","format":"uuid"}
            link    | {"type":"string","format":"uri"}
            at      | {"type":"string","format":"date-time"}
            day     | {"type":"string","format":"date"}
            local   | {"type":"string","format":"date-time-local"}
            time    | {"type":"string","format":"duration"}
            color   | {"$ref":"#/components/schemas/Color"}
            any     | {}
            """)
    void scalarsHaveFormats(String member, String schema) {
        assertThat(schema("Scalars").path("properties").path(member)).hasToString(schema);
    }

    @Test
    void typesAreNamedAndReferToThemselves() {
        assertThat(schema("Color")).hasToString("{\"type\":\"string\",\"enum\":[\"RED\",\"dark-green\"]}");
        assertThat(schema("Node").path("properties")).isEqualTo(JSON.readTree("""
                        {"name": {"type": "string"},
                         "parent": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
                         "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                         "links": {"type": "object", "additionalProperties": {"type": "array", "items":
                           {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]}}}}
                        """));
        assertThat(method("bytes").path("result").path("schema"))
                .hasToString("{\"type\":\"string\",\"format\":\"byte\",\"contentEncoding\":\"base64\"}");
        assertThat(schema("PageOfNode").path("properties").path("items").path("items"))
                .hasToString("{\"$ref\":\"#/components/schemas/Node\"}");
    }

    @Test
    void subtypesCarryTheirNames() {
        assertThat(schema("Shape"))
                .hasToString("{\"oneOf\":[{\"$ref\":\"#/components/schemas/Circle\"},"
                        + "{\"$ref\":\"#/components/schemas/Square\"}]}");
        assertThat(schema("Circle"))
                .hasToString("{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"circle\"},"
                        + "\"radius\":{\"type\":\"number\",\"format\":\"double\"}},"
                        + "\"required\":[\"kind\",\"radius\"]}");
    }

    @Test
    void jacksonsAnnotationsCount() {
        JsonNode read = schema("BeanInput").path("properties");
        JsonNode written = schema("Bean").path("properties");

        assertThat(read.propertyNames())
                .containsExactlyInAnyOrder("first_value", "display_name", "password", "remark", "day", "root");
        assertThat(written.propertyNames())
                .containsExactlyInAnyOrder("first_value", "display_name", "revision", "remark", "day", "root");
        assertThat(schema("BeanInput").path("required")).hasToString("[\"display_name\"]");
        assertThat(schema("Bean").path("required"))
                .hasToString("[\"day\",\"display_name\",\"first_value\",\"revision\",\"root\"]");
        assertThat(read.path("display_name"))
                .hasToString("{\"type\":\"string\",\"description\":\"What it is called.\"}");
        assertThat(read.path("day")).hasToString("{\"type\":\"string\"}");
        assertThat(read.path("password")).hasToString("{\"type\":[\"string\",\"null\"]}");
        // The property ignores a member of its type, so that it has a schema of its own.
        assertThat(written.path("root").toString()).contains("children").doesNotContain("\"parent\"");
        assertThat(schema("LooseInput").has("required")).isFalse();
        assertThat(method("code").path("params").path(0).path("schema")).hasToString("{\"type\":\"string\"}");
    }

    @Test
    void aMethodIsDescribedWithItsParameters() {
        assertThat(method("optional")).isEqualTo(JSON.readTree("""
                {"name": "optional", "paramStructure": "either",
                 "params": [
                   {"name": "color", "required": false,
                    "schema": {"anyOf": [{"$ref": "#/components/schemas/Color"}, {"type": "null"}]}},
                   {"name": "max", "required": false,
                    "schema": {"type": "integer", "format": "int32", "default": 5}}],
                 "result": {"name": "result",
                   "schema": {"anyOf": [{"$ref": "#/components/schemas/Color"}, {"type": "null"}]}}}
                """));
        assertThat(method("scalars").path("description").asString()).isEqualTo("Every scalar.");
        assertThat(method("nothing").path("result").path("schema")).hasToString("{\"type\":\"null\"}");
        assertThat(method("stream").path("result").path("schema").path("items"))
                .hasToString("{\"$ref\":\"#/components/schemas/Circle\"}");
        assertThat(method("nullable").path("result").path("schema")).hasToString("{\"type\":[\"string\",\"null\"]}");
    }

    @Test
    void theRestIsTakenByName() {
        assertThat(method("rest").path("paramStructure").asString()).isEqualTo("by-name");
        assertThat(method("rest").path("params").path(1)).isEqualTo(JSON.readTree("""
                {"name": "more", "required": false, "x-variable": true,
                 "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Circle"}}}
                """));
        assertThat(method("named").path("params").path(0).path("x-remaining").asBoolean())
                .isTrue();
        Args rest = Args.named("first", 1).and("more", List.of(Map.of("kind", "circle", "radius", 1)));
        assertThat(client.call("rest", int.class, rest)).isEqualTo(1);
    }

    @Test
    void overloadsAreOneMethod() {
        assertThat(document.path("methods"))
                .extracting(one -> one.path("name").asString())
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(method("over")).isEqualTo(JSON.readTree("""
                {"name": "over", "paramStructure": "by-position",
                 "params": [
                   {"name": "one", "required": true,
                    "schema": {"anyOf": [{"type": "integer", "format": "int32"}, {"type": "string"}]}},
                   {"name": "two", "required": false, "schema": {"type": "boolean"}}],
                 "result": {"name": "result",
                   "schema": {"anyOf": [{"type": "integer", "format": "int32"}, {"type": "string"}]}}}
                """));
        assertThat(client.call("system.methodSignature", JsonNode.class, "over"))
                .hasToString("[[\"integer\",\"integer\"],[\"string\",\"string\",\"boolean\"]]");
    }

    @Test
    void deprecationAndErrorsAreTold() {
        assertThat(method("fails").path("deprecated").asBoolean()).isTrue();
        assertThat(method("fails").path("errors"))
                .hasToString("[{\"code\":-32601,\"message\":\"MethodNotFoundException\"},"
                        + "{\"code\":-32000,\"message\":\"OSError\"}]");
        assertThat(method("over").has("errors")).isFalse();
    }

    @Test
    void theMappersSettingsCount() {
        try (RpcServer other = RpcServer.builder()
                        .endpoint(new Catalog())
                        .mapper(builder -> builder.enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE))
                        .listen("jsonrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient caller =
                        RpcClient.connect(other.addresses().getFirst().toString())) {
            JsonNode scalars = caller.call("rpc.discover", JsonNode.class)
                    .path("components")
                    .path("schemas")
                    .path("Scalars")
                    .path("properties");
            assertThat(scalars.has("Flag")).isTrue();
            assertThat(scalars.path("At").path("type").asString()).isNotEqualTo("string");
        }
    }

    /** Two members of one name. */
    public static final class Conflicting {
        @JsonProperty("x")
        public int first;

        @JsonProperty("x")
        public int second;
    }

    /** A method of a type that Jackson cannot map, among others. */
    public static final class Odd {
        public Conflicting conflicting(Conflicting value) {
            return value;
        }

        public String fine(String text) {
            return text;
        }
    }

    @Test
    void aTypeThatCannotBeMappedDoesNotHideTheOthers() {
        try (RpcServer other = RpcServer.builder()
                        .endpoint(new Odd())
                        .listen("jsonrpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient caller =
                        RpcClient.connect(other.addresses().getFirst().toString())) {
            assertThat(caller.describe().methods())
                    .extracting(ServiceDescription.Method::signature)
                    .containsExactly("conflicting(value: any) -> any", "fine(text: string) -> string");
        }
    }

    @Test
    void theSameServiceHasTheSameDocumentUntilItChanges() {
        try (RpcServer other = RpcServer.builder()
                        .name("Catalog")
                        .endpoint(new Catalog())
                        .listen("jsonrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient caller =
                        RpcClient.connect(other.addresses().getFirst().toString())) {
            String before = String.valueOf(caller.call("rpc.discover", JsonNode.class));
            assertThat(before).contains("\"methods\":" + document.path("methods"));
            assertThat(before).contains("\"components\":" + document.path("components"));
            other.register("triple", Integer.class, Integer.class, (a, b) -> a * b);
            assertThat(String.valueOf(caller.call("rpc.discover", JsonNode.class)))
                    .contains("\"triple\"");
            other.unregister("triple");
            assertThat(caller.call("rpc.discover", JsonNode.class)).hasToString(before);
        }
    }

    @Test
    void aClientReadsItBack() {
        ServiceDescription service = client.describe();

        assertThat(service.methods())
                .extracting(ServiceDescription.Method::signature)
                .contains(
                        "bean(bean: object) -> object",
                        "bytes(bytes: binary) -> binary",
                        "named(**others: object) -> integer",
                        "optional(color: string?, max: integer = 5) -> string",
                        "over(one: any, two: boolean?) -> any",
                        "rest(first: integer, *more: object) -> integer",
                        "shape(shape: object) -> object",
                        "stream() -> array",
                        "tree(root: object) -> object");
        assertThat(service.methods().stream().filter(ServiceDescription.Method::deprecated))
                .extracting(ServiceDescription.Method::name)
                .containsExactly("fails");
    }
}
