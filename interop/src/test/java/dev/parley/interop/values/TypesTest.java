package dev.parley.interop.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.SerializationException;
import dev.parley.Target;
import dev.parley.interop.values.TypeSamples.Circle;
import dev.parley.interop.values.TypeSamples.Shape;
import dev.parley.interop.values.TypeTable.Row;
import dev.parley.interop.values.ValueTreesTest.Wire;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.cfg.DateTimeFeature;

/** The values of {@link TypeTable} as arguments and results of every wire. */
@Timeout(120)
class TypesTest {
    private static RpcServer server(Wire wire) {
        return RpcServer.builder()
                .endpoint(new TypesService())
                .method("zoneOf", ZonedDateTime.class, time -> time.getZone().getId())
                .listen(
                        wire.address().replace("value-trees", "types"),
                        wire == Wire.OSLO ? Target.topic("types").withServer("one") : Target.none())
                .build()
                .start();
    }

    private static RpcClient client(RpcServer server, Wire wire) {
        String address = server.addresses().getFirst().toUri();
        return RpcClient.connect(
                wire == Wire.XMLRPC ? address.replaceFirst("\\?.*", "") + "?i8=true" : address,
                wire == Wire.OSLO ? Target.topic("types") : Target.none());
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeComesBack(Wire wire) {
        try (RpcServer server = server(wire);
                RpcClient client = client(server, wire)) {
            TypesApi api = client.proxy(TypesApi.class);
            SoftAssertions softly = new SoftAssertions();
            for (Row row : TypeTable.rows()) {
                softly.check(() -> {
                    String refusal = row.refusal(wire);
                    if (refusal != null) {
                        assertThatThrownBy(() -> call(api, row))
                                .as("%s on %s", row, wire)
                                .isInstanceOf(SerializationException.class)
                                .hasMessageContaining(refusal);
                        return;
                    }
                    try {
                        assertThat(comparable(call(api, row)))
                                .as("%s on %s", row, wire)
                                .isEqualTo(comparable(row.expected(wire)));
                    } catch (RuntimeException e) {
                        fail("%s on %s".formatted(row, wire), e);
                    }
                });
            }
            softly.assertAll();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerWithoutTypesSeesThem(Wire wire) {
        try (RpcServer server = server(wire);
                RpcClient client = client(server, wire)) {
            SoftAssertions softly = new SoftAssertions();
            for (Row row : TypeTable.rows()) {
                Object seen = row.seen(wire);
                if (seen != null) {
                    softly.check(() -> assertThat(comparable(seen(client, wire, row)))
                            .as("%s on %s", row, wire)
                            .isEqualTo(comparable(seen)));
                }
            }
            softly.assertAll();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Wire.class,
            names = {"JSONRPC_HTTP", "ZERORPC", "MEMORY"})
    void aSenderCanKeepTheNamesOfZones(Wire wire) {
        try (RpcServer server = server(wire);
                RpcClient client = RpcClient.builder(
                                server.addresses().getFirst().toUri())
                        .mapper(mapper -> mapper.enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID))
                        .build()) {
            ZonedDateTime paris = ZonedDateTime.of(2026, 11, 27, 8, 30, 15, 0, ZoneId.of("Europe/Paris"));
            assertThat(client.call("zoneOf", String.class, paris)).isEqualTo("Europe/Paris");
        }
    }

    /** Declared types do not show in a request, and hold for arguments that an interceptor replaces. */
    @Test
    void interceptorsSeeTheArgumentsThemselves() {
        List<Object> seen = new ArrayList<>();
        try (RpcServer server = server(Wire.JSONRPC_HTTP);
                RpcClient client = RpcClient.builder(
                                server.addresses().getFirst().toUri())
                        .interceptor((request, chain) -> {
                            List<@Nullable Object> values = ((Args.Positional) request.args()).values();
                            seen.add(values.getFirst());
                            return chain.proceed(
                                    request.method().equals("any")
                                            ? request
                                            : request.withArgs(Args.of(values.toArray())));
                        })
                        .build()) {
            TypesApi api = client.proxy(TypesApi.class);
            List<Shape> shapes = List.of(new Circle(1));
            assertThat(api.shapes(shapes)).isEqualTo(shapes);
            assertThat(api.optionalShapes(Optional.of(shapes))).contains(shapes);
            assertThat(api.any(shapes)).isEqualTo(List.of(Map.of("radius", 1.0)));
            assertThat(seen).containsExactly(shapes, shapes, shapes);
        }
    }

    @Test
    void everyTypeHasAValue() {
        assertThat(TypeTable.rows().stream().map(row -> row.method).distinct())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(TypesApi.class.getMethods())
                        .map(Method::getName)
                        .toList());
    }

    private static @Nullable Object seen(RpcClient client, Wire wire, Row row) {
        return wire == Wire.OSLO
                ? client.call(row.method, Object.class, Args.named("value", row.value))
                : client.call(row.method, Object.class, row.value);
    }

    private static @Nullable Object call(TypesApi api, Row row) throws Exception {
        Method method = Arrays.stream(TypesApi.class.getMethods())
                .filter(each -> each.getName().equals(row.method))
                .findFirst()
                .orElseThrow();
        try {
            return method.invoke(api, row.value);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    /** The value, or what is in it if it has no equality of its own. */
    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case StringBuilder text -> text.toString();
            case AtomicBoolean atomic -> atomic.get();
            case AtomicInteger atomic -> atomic.get();
            case AtomicLong atomic -> atomic.get();
            case AtomicReference<?> atomic -> comparable(atomic.get());
            case Pattern pattern -> pattern.pattern();
            case java.util.ArrayDeque<?> deque -> List.copyOf(deque);
            case Optional<?> optional -> optional.map(TypesTest::comparable);
            case Calendar calendar -> calendar.toInstant();
            case Map<?, ?> map -> new LinkedHashMap<>(map);
            case null, default -> value;
        };
    }
}
