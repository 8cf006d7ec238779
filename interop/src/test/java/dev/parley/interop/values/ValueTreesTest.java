package dev.parley.interop.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.Param;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.SerializationException;
import dev.parley.Target;
import dev.parley.interop.values.Trees.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Any tree of values survives every wire, and two wires in a row, as far as they can hold it; what a wire cannot hold is
 * refused and never changed. {@code -Dparley.values.seed} and {@code -Dparley.values.rounds} choose other trees and more.
 */
@Timeout(120)
class ValueTreesTest {
    private static final long SEED = Long.getLong("parley.values.seed", 12);
    private static final int ROUNDS = Integer.getInteger("parley.values.rounds", 150);
    private static final int DEPTH = 5;
    private static final Target TOPIC = Target.topic("values").withServer("one");

    /** The wires. */
    enum Wire {
        XMLRPC("xmlrpc+http://127.0.0.1:0?i8=true"),
        JSONRPC_HTTP("jsonrpc+http://127.0.0.1:0/"),
        JSONRPC_TCP("jsonrpc+tcp://127.0.0.1:0"),
        ZERORPC("zerorpc+tcp://127.0.0.1:0"),
        MEMORY("memory://value-trees"),
        OSLO("memory://value-trees-oslo");

        private final String address;

        Wire(String address) {
            this.address = address;
        }

        String address() {
            return address;
        }

        /** What it holds besides what all of them do. */
        Kind[] kinds() {
            return switch (this) {
                case XMLRPC -> new Kind[] {Kind.BYTES, Kind.TIMES, Kind.SPECIAL_DOUBLES};
                case ZERORPC -> new Kind[] {Kind.BYTES, Kind.SPECIAL_DOUBLES};
                case JSONRPC_HTTP, JSONRPC_TCP, MEMORY, OSLO -> new Kind[] {Kind.BIG_INTEGERS};
            };
        }

        Target target() {
            return this == OSLO ? TOPIC : Target.none();
        }
    }

    private static final Map<Wire, RpcClient> CLIENTS = new EnumMap<>(Wire.class);
    private static final RpcServer SERVER = server();

    /** What is served on every wire. Thread-safe. */
    public static final class Service {
        /** The value as it came. */
        public @Nullable Object echo(@Param("value") @Nullable Object value) {
            return value;
        }

        /** The number as it came. */
        public BigDecimal exact(@Param("value") BigDecimal value) {
            return value;
        }

        /** The value as it came back by another wire. */
        public @Nullable Object via(@Param("wire") Wire wire, @Param("value") @Nullable Object value) {
            return call(wire, "echo", Map.of(), value);
        }
    }

    private static RpcServer server() {
        RpcServer.Builder builder = RpcServer.builder().endpoint(new Service());
        for (Wire wire : Wire.values()) {
            builder.listen(wire.address, wire.target());
        }
        return builder.build();
    }

    @BeforeAll
    static void start() {
        SERVER.start();
        for (Wire wire : Wire.values()) {
            String bound =
                    SERVER.addresses().get(List.of(Wire.values()).indexOf(wire)).toUri();
            String address = wire == Wire.XMLRPC ? bound.replaceFirst("\\?.*", "") + "?i8=true" : bound;
            CLIENTS.put(wire, RpcClient.connect(address, wire == Wire.OSLO ? Target.topic("values") : Target.none()));
        }
    }

    @AfterAll
    static void stop() {
        CLIENTS.values().forEach(RpcClient::close);
        SERVER.close();
    }

    private static @Nullable Object call(Wire wire, String method, Map<String, Object> first, @Nullable Object value) {
        RpcClient client = CLIENTS.get(wire);
        if (wire == Wire.OSLO) {
            Map<String, @Nullable Object> named = new LinkedHashMap<>(first);
            named.put("value", value);
            return client.call(method, Object.class, Args.named(named));
        }
        return first.isEmpty()
                ? client.call(method, Object.class, value)
                : client.call(method, Object.class, first.values().iterator().next(), value);
    }

    private static @Nullable Object echo(Wire wire, @Nullable Object value) {
        return call(wire, "echo", Map.of(), value);
    }

    @ParameterizedTest
    @EnumSource
    void anyTreeComesBack(Wire wire) {
        Trees trees = new Trees(SEED, wire.kinds());
        for (int round = 0; round < ROUNDS; round++) {
            Object tree = trees.tree(DEPTH);
            assertThat(comparable(echo(wire, tree))).as("round %d", round).isEqualTo(comparable(tree));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTreeComesBackByAnotherWire(Wire first) {
        for (Wire second : Wire.values()) {
            Trees trees = new Trees(SEED + second.name().hashCode());
            for (int round = 0; round < ROUNDS / 5; round++) {
                Object tree = trees.tree(DEPTH);
                assertThat(call(first, "via", Map.of("wire", second.name()), tree))
                        .as("by %s and %s, round %d", first, second, round)
                        .isEqualTo(tree);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyTextComesBackOrIsRefused(Wire wire) {
        Trees trees = new Trees(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            String text = trees.anyText();
            boolean unpaired = text.codePoints().anyMatch(c -> c >= 0xd800 && c < 0xe000);
            // As the name of a member no reader takes an unpaired surrogate.
            Object value = unpaired ? List.of(text) : Map.of(text, text);
            Object back;
            try {
                back = echo(wire, value);
            } catch (SerializationException e) {
                boolean notXml = text.codePoints().anyMatch(c -> !Trees.isXml(c));
                assertThat(wire == Wire.XMLRPC ? notXml : unpaired)
                        .as("%s refused %s: %s", wire, escaped(text), e.getMessage())
                        .isTrue();
                continue;
            }
            assertThat(back).as("%s: %s", wire, escaped(text)).isEqualTo(value);
        }
    }

    /** The same tree with byte arrays as text, so that trees compare by their values. */
    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> "bytes " + HexFormat.of().formatHex(bytes);
            case List<?> list ->
                Arrays.asList(list.stream().map(ValueTreesTest::comparable).toArray());
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, member) -> copy.put(name, comparable(member)));
                yield copy;
            }
            case null, default -> value;
        };
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append("\\u%04x".formatted(c)));
        return escaped.toString();
    }

    @ParameterizedTest
    @EnumSource
    void typedNumbersKeepEveryDigit(Wire wire) {
        RpcClient client = CLIENTS.get(wire);
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            Object whole = random.nextLong() >> random.nextInt(64);
            Object real = Double.longBitsToDouble(random.nextLong());
            assertThat(typed(wire, client, long.class, whole)).isEqualTo(whole);
            assertThat(typed(wire, client, double.class, real)).isEqualTo(real);
        }
        for (Object special : new Object[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE}) {
            assertThat(typed(wire, client, double.class, special)).isEqualTo(special);
        }
    }

    private static <T> @Nullable T typed(Wire wire, RpcClient client, Class<T> type, Object value) {
        return wire == Wire.OSLO
                ? client.call("echo", type, Args.named("value", value))
                : client.call("echo", type, value);
    }

    @Test
    void decimalsKeepEveryDigitWhereTheFormatIsText() {
        Random random = new Random(SEED);
        for (Wire wire : List.of(Wire.XMLRPC, Wire.JSONRPC_HTTP, Wire.JSONRPC_TCP, Wire.OSLO)) {
            for (int round = 0; round < ROUNDS; round++) {
                BigDecimal sent =
                        new BigDecimal(new BigInteger(random.nextInt(1, 300), random), random.nextInt(-40, 80));
                RpcClient client = CLIENTS.get(wire);
                BigDecimal back = wire == Wire.OSLO
                        ? client.call("exact", BigDecimal.class, Args.named("value", sent))
                        : client.call("exact", BigDecimal.class, sent);
                assertThat(back).as("%s: %s", wire, sent).isEqualByComparingTo(sent);
            }
        }
    }

    /** A value that is nested too deep is refused with an error, and the wire serves the next call. */
    @ParameterizedTest
    @EnumSource
    void depthIsLimited(Wire wire) {
        assertThat(echo(wire, nested(100))).isEqualTo(nested(100));
        assertThatThrownBy(() -> echo(wire, nested(200))).isInstanceOf(RpcException.class);
        assertThat(echo(wire, 5)).isEqualTo(5);
    }

    private static List<Object> nested(int depth) {
        List<Object> value = List.of();
        for (int i = 1; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }
}
