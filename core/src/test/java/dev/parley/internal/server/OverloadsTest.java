package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Default;
import dev.parley.Expose;
import dev.parley.InvalidArgumentsException;
import dev.parley.ProtocolException;
import dev.parley.Remaining;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several methods of one name. */
class OverloadsTest {
    @SuppressWarnings("unused")
    static class Service {
        record Point(int x, int y) {}

        public String count() {
            return "none";
        }

        public String count(int a) {
            return "one";
        }

        public String count(int a, int b) {
            return "two";
        }

        public String count(int a, int b, int c, int... more) {
            return "many";
        }

        public String kind(double value) {
            return "double";
        }

        public String kind(long value) {
            return "long";
        }

        public String kind(int value) {
            return "int";
        }

        public String kind(boolean value) {
            return "boolean";
        }

        public String kind(String value) {
            return "string";
        }

        public String kind(List<Integer> value) {
            return "list";
        }

        public String kind(Point value) {
            return "point";
        }

        public String kind(@Nullable Object value) {
            return "object";
        }

        public String named(int a) {
            return "a";
        }

        public String named(int a, @Default("1") int b) {
            return "ab";
        }

        public String named(int a, String c, Optional<String> d) {
            return "acd";
        }

        public String open(int a) {
            return "closed";
        }

        public String open(int a, @Remaining Map<String, Object> others) {
            return "open" + others;
        }

        public int half(int value) {
            return value / 2;
        }

        public double half(double value) {
            return value / 2;
        }

        @Expose("half")
        public String words(String value) {
            return "half of " + value;
        }
    }

    private final RpcServer server = RpcServer.builder().endpoint(new Service()).build();

    private String run(String method, @Nullable String arguments) throws Exception {
        return TestServer.call(server, method, arguments).result();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "count | []                        | none",
                "count | [1]                       | one",
                "count | [1, 2]                    | two",
                "count | [1, 2, 3]                 | many",
                "count | [1, 2, 3, 4, 5]           | many",
                "count | {\"b\": 1, \"a\": 2}      | two",
                "count | {\"b\": 1, \"a\": 2, \"c\": 3} | many",
                "kind  | [1]                       | int",
                "kind  | [5000000000]              | long",
                "kind  | [1.5]                     | double",
                "kind  | [1.0]                     | double",
                "kind  | [1e300]                   | double",
                "kind  | [true]                    | boolean",
                "kind  | [\"1\"]                   | string",
                "kind  | [[1, 2]]                  | list",
                "kind  | [[\"a\"]]                 | object",
                "kind  | [{\"x\": 1, \"y\": 2}]    | point",
                "kind  | {\"value\": 7}            | int",
                "kind  | {\"value\": 7.0}          | double",
                "named | [1]                       | a",
                "named | [1, 2]                    | ab",
                "named | [1, \"x\"]                | acd",
                "named | {\"a\": 1, \"c\": \"x\"}  | acd",
                "open  | {\"a\": 1}                | closed",
                "open  | {\"a\": 1, \"z\": 2}      | open{z=2}",
                "half  | [\"x\"]                   | half of x",
            })
    void theFirstThatMatchesIsCalled(String method, String arguments, String result) throws Exception {
        assertThat(run(method, arguments)).isEqualTo("\"" + result + "\"");
    }

    @Test
    void aFloatIsNotDividedAsAnInteger() throws Exception {
        assertThat(run("half", "[7.0]")).isEqualTo("3.5");
        assertThat(run("half", "[7]")).isEqualTo("3");
    }

    @Test
    void noArgumentsAtAll() throws Exception {
        assertThat(run("count", null)).isEqualTo("\"none\"");
        assertThat(run("count", "null")).isEqualTo("\"none\"");
    }

    @Test
    void errorsNameTheOverloads() {
        assertThatThrownBy(() -> run("half", "[1, 2]"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessage("no overload of half takes 2 arguments; it has half(value: integer), half(value: number),"
                        + " half(value: string)");
        assertThatThrownBy(() -> run("half", "{\"x\": 1}"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessageStartingWith("no overload of half takes the arguments x; it has ");
        assertThatThrownBy(() -> run("half", "[[]]"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessageStartingWith("no overload of half takes arguments of these types; it has ");
        assertThatThrownBy(() -> run("count", "[1, \"2\"]"))
                .isInstanceOf(InvalidArgumentsException.class)
                .hasMessage("argument 'b' of count must be of type integer, not a string");
        assertThatThrownBy(() -> run("half", "5")).isInstanceOf(InvalidArgumentsException.class);
        assertThatThrownBy(() -> run("half", "[1, ")).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> run("half", "[".repeat(500)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("exceed a limit");
    }

    @Test
    void eachIsDescribed() {
        assertThat(server.describe().methods().stream()
                        .filter(method -> method.name().equals("named"))
                        .map(ServiceDescription.Method::signature))
                .containsExactly(
                        "named(a: integer) -> string",
                        "named(a: integer, b: integer = 1) -> string",
                        "named(a: integer, c: string, d: string?) -> string");
    }

    @Test
    void functionsMayBeOverloadedToo() throws Exception {
        RpcServer functions = RpcServer.builder()
                .method("sum", int.class, a -> a)
                .method("sum", int.class, int.class, (a, b) -> a + b)
                .build();

        assertThat(TestServer.call(functions, "sum", "[1]").result()).isEqualTo("1");
        assertThat(TestServer.call(functions, "sum", "[1, 2]").result()).isEqualTo("3");
        assertThatThrownBy(() -> RpcServer.builder()
                        .method("sum", int.class, a -> a)
                        .method("sum", Integer.class, a -> a)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two methods named 'sum' cannot be distinguished");
    }

    @Test
    void twoObjectsCannotBeDistinguished() {
        Object endpoint = new Object() {
            @SuppressWarnings("unused")
            public void same(Service.Point a) {}

            @SuppressWarnings("unused")
            public void same(Map<String, Integer> a) {}
        };

        assertThatThrownBy(() -> RpcServer.builder().endpoint(endpoint).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two methods named 'same' cannot be distinguished")
                .hasMessageContaining("@Expose");
    }
}
