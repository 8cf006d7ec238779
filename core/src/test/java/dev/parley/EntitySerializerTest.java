package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntitySerializerTest {
    record Price(int cents) {
        static Price parse(String text) {
            return new Price(Integer.parseInt(text));
        }
    }

    record Point(int x, List<Integer> rest) {}

    static class Label {
        final String text;

        Label(String text) {
            this.text = text;
        }
    }

    static final class Loud extends Label {
        Loud(String text) {
            super(text + "!");
        }
    }

    private final EntitySerializer serializer = EntitySerializer.builder()
            .text("price", Price.class, price -> Integer.toString(price.cents()), Price::parse)
            .bytes(
                    "label",
                    Label.class,
                    label -> label.text.getBytes(StandardCharsets.UTF_8),
                    bytes -> new Label(new String(bytes, StandardCharsets.UTF_8)))
            .json(
                    "id",
                    UUID.class,
                    id -> "[\"" + id + "\"]",
                    text -> UUID.fromString(text.substring(2, text.length() - 2)))
            .json("point", Point.class)
            .build();

    private @Nullable Object out(@Nullable Object value) {
        return serializer.serializeEntity(Map.of(), value);
    }

    private @Nullable Object in(@Nullable Object value) {
        return serializer.deserializeEntity(Map.of(), value);
    }

    @Test
    void eachTypeTravelsUnderItsName() {
        assertThat(out(new Price(5))).isEqualTo(Map.of("price", "5"));
        assertThat(in(Map.of("price", "5"))).isEqualTo(new Price(5));
        assertThat(out(new Point(1, List.of(2)))).isEqualTo(Map.of("point", Map.of("x", 1, "rest", List.of(2))));
        assertThat(in(Map.of("point", Map.of("x", 1, "rest", List.of(2))))).isEqualTo(new Point(1, List.of(2)));
        UUID id = new UUID(1, 2);
        assertThat(out(id)).isEqualTo(Map.of("id", List.of(id.toString())));
        assertThat(in(Map.of("id", List.of(id.toString())))).isEqualTo(id);
        byte[] bytes = (byte[]) ((Map<?, ?>) out(new Loud("hi"))).get("label");
        assertThat(bytes).asString(StandardCharsets.UTF_8).isEqualTo("hi!");
        assertThat(((Label) in(Map.of("label", bytes))).text).isEqualTo("hi!");
        assertThat(((Label) in(Map.of("label", Base64.getEncoder().encodeToString(bytes)))).text)
                .isEqualTo("hi!");
    }

    @Test
    void inListsAndMapsTooAndNothingElseIsTouched() {
        Object out = out(Arrays.asList(new Price(1), null, Map.of("a", new Price(2)), "text"));
        assertThat(out).isEqualTo(Arrays.asList(Map.of("price", "1"), null, Map.of("a", Map.of("price", "2")), "text"));
        assertThat(in(out)).isEqualTo(Arrays.asList(new Price(1), null, Map.of("a", new Price(2)), "text"));
        assertThat(in(Map.of("price", "1", "other", 2))).isEqualTo(Map.of("price", "1", "other", 2));
        assertThat(in(Map.of("java.lang.Runtime", "x"))).isEqualTo(Map.of("java.lang.Runtime", "x"));
        assertThat(out(null)).isNull();
        assertThat(in(null)).isNull();
    }

    @Test
    void whatCannotBeReadIsTold() {
        for (Object bad : new Object[] {"x", 5, List.of()}) {
            assertThatThrownBy(() -> in(Map.of("price", bad)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("'price' cannot be read as " + Price.class.getName());
        }
        assertThatThrownBy(() -> in(java.util.Collections.singletonMap("price", null)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("null");
        assertThatThrownBy(() -> in(Map.of("point", Map.of("x", "one")))).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> in(Map.of("label", "%"))).isInstanceOf(SerializationException.class);
        assertThatThrownBy(
                        () -> EntitySerializer.builder().json("p", Price.class).json("p", Point.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'p'");
        assertThatThrownBy(
                        () -> EntitySerializer.builder().json("p", Price.class).json("q", Price.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Price");
    }

    @Test
    void theOtherTwo() {
        Point point = new Point(1, List.of());
        assertThat(Serializer.noOp().serializeEntity(Map.of(), point)).isSameAs(point);
        assertThat(Serializer.noOp().deserializeEntity(Map.of(), point)).isSameAs(point);
        assertThat(Serializer.jsonPayload().serializeEntity(Map.of(), List.of(point)))
                .isEqualTo(List.of(Map.of("x", 1, "rest", List.of())));
        assertThat(Serializer.jsonPayload().serializeEntity(Map.of(), null)).isNull();
        assertThat(Serializer.jsonPayload().deserializeEntity(Map.of(), "x")).isEqualTo("x");
        assertThat(Serializer.jsonPayload().serializeContext(Map.of("a", 1))).isEqualTo(Map.of("a", 1));
    }
}
