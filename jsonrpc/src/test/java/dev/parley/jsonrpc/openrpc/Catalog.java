package dev.parley.jsonrpc.openrpc;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.parley.Default;
import dev.parley.Doc;
import dev.parley.ExpectedExceptions;
import dev.parley.MethodNotFoundException;
import dev.parley.Param;
import dev.parley.Remaining;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Methods with every kind of type; most of them return what they are given. */
@SuppressWarnings("unused")
public class Catalog {
    public record Scalars(
            boolean flag,
            byte tiny,
            short small,
            int number,
            long large,
            float single,
            double precise,
            char letter,
            BigInteger huge,
            BigDecimal exact,
            String text,
            UUID id,
            URI link,
            Instant at,
            LocalDate day,
            LocalDateTime local,
            Duration time,
            Color color,
            Object any) {}

    public enum Color {
        RED,
        @JsonProperty("dark-green")
        DARK_GREEN
    }

    public record Node(
            String name, @Nullable Node parent, List<Node> children, Map<String, List<@Nullable Node>> links) {}

    public record Page<T>(List<T> items, Optional<String> next, OptionalInt total) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle"), @JsonSubTypes.Type(Square.class)})
    public sealed interface Shape permits Circle, Square {}

    public record Circle(double radius) implements Shape {}

    @JsonTypeName("square")
    public record Square(double side, List<Shape> within) implements Shape {}

    /** By field and method, with annotations. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public static final class Bean {
        private int firstValue;

        @JsonIgnore
        public int hidden;

        @JsonProperty(required = true)
        @JsonPropertyDescription("What it is called.")
        public String displayName = "";

        @JsonProperty(access = JsonProperty.Access.READ_ONLY)
        public int revision = 1;

        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        public @Nullable String password;

        @JsonInclude(JsonInclude.Include.NON_NULL)
        public @Nullable String remark;

        @JsonFormat(pattern = "dd.MM.yyyy")
        public LocalDate day = LocalDate.EPOCH;

        @JsonIgnoreProperties("parent")
        public @Nullable Node root;

        public int getFirstValue() {
            return firstValue;
        }

        public void setFirstValue(int value) {
            firstValue = value;
        }
    }

    @NullUnmarked
    public record Loose(String text, Integer number) {}

    public record Code(@JsonValue String value) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public Code {
            Objects.requireNonNull(value);
        }
    }

    @Doc("Every scalar.")
    public Scalars scalars(Scalars value) {
        return value;
    }

    public byte[] bytes(byte[] bytes) {
        return bytes;
    }

    public Node tree(Node root) {
        return root;
    }

    public Page<Node> nodes(Page<Node> page) {
        return page;
    }

    public Page<Shape> shapes(Page<? extends Shape> page) {
        return new Page<>(List.copyOf(page.items()), page.next(), page.total());
    }

    public Shape shape(Shape shape) {
        return shape;
    }

    public Circle circle(Circle circle) {
        return circle;
    }

    public Bean bean(Bean bean) {
        return bean;
    }

    public Loose loose(Loose loose) {
        return loose;
    }

    public Code code(Code code) {
        return code;
    }

    public Map<String, List<Map<String, Color>>> nested(Map<String, List<Map<String, Color>>> value) {
        return value;
    }

    public int[][] matrix(int[][] rows) {
        return rows;
    }

    public Set<@Nullable String> set(Set<@Nullable String> set) {
        return set;
    }

    public Optional<Color> optional(Optional<Color> color, @Param("max") @Default("5") int limit) {
        return color;
    }

    public @Nullable String nullable(@Nullable String text) {
        return text;
    }

    public CompletableFuture<Color> later() {
        return CompletableFuture.completedFuture(Color.RED);
    }

    public Stream<Circle> stream() {
        return Stream.of(new Circle(1));
    }

    public void nothing() {}

    public int rest(int first, Circle... more) {
        return more.length;
    }

    public int named(@Remaining Map<String, Circle> others) {
        return others.size();
    }

    public int over(int one) {
        return one;
    }

    public String over(String one, boolean two) {
        return one;
    }

    /**
     * Old.
     *
     * @deprecated use another one
     */
    @Deprecated
    @ExpectedExceptions(MethodNotFoundException.class)
    public void fails() throws IOException, InterruptedException {
        throw new IOException("always");
    }
}
