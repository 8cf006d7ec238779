package dev.parley.jsonrpc.openrpc;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsonFormatVisitors.JsonAnyFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonArrayFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitable;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNullFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonValueFormat;

/** What a serializer says about what it writes. Confined to one document. */
final class Shape {
    /** The kind of JSON that it writes. */
    enum Kind {
        ANY,
        NULL,
        BOOLEAN,
        INTEGER,
        NUMBER,
        STRING,
        /** One of a set of strings. */
        ENUM,
        ARRAY,
        MAP,
        OBJECT
    }

    /**
     * A member of an object.
     *
     * @param declared where it comes from; {@code null} if that is unknown
     */
    record Property(String name, JavaType type, @Nullable BeanProperty declared) {}

    private Kind kind = Kind.ANY;
    private @Nullable JsonValueFormat format;
    private Set<String> values = Set.of();
    private final List<Property> properties = new ArrayList<>();

    private Shape() {}

    /** What a serializer writes for a type. */
    static Shape of(ValueSerializer<?> serializer, JavaType type, SerializationContext context) {
        Shape shape = new Shape();
        serializer.acceptJsonFormatVisitor(shape.new Visitor(context), type);
        if (shape.kind == Kind.STRING && !shape.values.isEmpty()) {
            shape.kind = Kind.ENUM;
        }
        return shape;
    }

    Kind kind() {
        return kind;
    }

    boolean isObjectOrUnknown() {
        return kind == Kind.OBJECT || kind == Kind.ANY;
    }

    /** The format of a string or number; {@code null} for none. */
    @Nullable
    JsonValueFormat format() {
        return format;
    }

    /** The strings of an enumeration. */
    Set<String> values() {
        return values;
    }

    List<Property> properties() {
        return properties;
    }

    /** Called by a serializer with what it writes. */
    private final class Visitor extends JsonFormatVisitorWrapper.Base {
        Visitor(SerializationContext context) {
            super(context);
        }

        @Override
        public JsonObjectFormatVisitor expectObjectFormat(JavaType type) {
            kind = Kind.OBJECT;
            return new JsonObjectFormatVisitor.Base(getContext()) {
                @Override
                public void property(BeanProperty property) {
                    properties.add(new Property(property.getName(), property.getType(), property));
                }

                @Override
                public void property(String name, JsonFormatVisitable value, JavaType type) {
                    properties.add(new Property(name, type, null));
                }

                @Override
                public void optionalProperty(BeanProperty property) {
                    property(property);
                }

                @Override
                public void optionalProperty(String name, JsonFormatVisitable value, JavaType type) {
                    property(name, value, type);
                }
            };
        }

        @Override
        public JsonArrayFormatVisitor expectArrayFormat(JavaType type) {
            kind = Kind.ARRAY;
            return new JsonArrayFormatVisitor.Base(getContext());
        }

        @Override
        public JsonMapFormatVisitor expectMapFormat(JavaType type) {
            kind = Kind.MAP;
            return new JsonMapFormatVisitor.Base(getContext());
        }

        @Override
        public JsonStringFormatVisitor expectStringFormat(JavaType type) {
            kind = Kind.STRING;
            return new JsonStringFormatVisitor.Base() {
                @Override
                public void format(JsonValueFormat written) {
                    format = written;
                }

                @Override
                public void enumTypes(Set<String> constants) {
                    values = new LinkedHashSet<>(constants);
                }
            };
        }

        @Override
        public JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
            kind = Kind.INTEGER;
            return new JsonIntegerFormatVisitor.Base();
        }

        @Override
        public JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
            kind = Kind.NUMBER;
            return new JsonNumberFormatVisitor.Base();
        }

        @Override
        public JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
            kind = Kind.BOOLEAN;
            return new JsonBooleanFormatVisitor.Base();
        }

        @Override
        public JsonNullFormatVisitor expectNullFormat(JavaType type) {
            kind = Kind.NULL;
            return new JsonNullFormatVisitor.Base();
        }

        @Override
        public JsonAnyFormatVisitor expectAnyFormat(JavaType type) {
            kind = Kind.ANY;
            return new JsonAnyFormatVisitor.Base();
        }
    }
}
