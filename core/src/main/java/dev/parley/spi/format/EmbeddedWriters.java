package dev.parley.spi.format;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serial;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes values of some types as a format's own kind of value, by {@link JsonGenerator#writeEmbeddedObject}, unless a
 * {@code @JsonFormat} with a pattern or shape says otherwise. Thread-safe if its subclass is.
 */
public abstract class EmbeddedWriters extends ValueSerializerModifier {
    @Serial
    private static final long serialVersionUID = 1;

    /** For subclasses. */
    protected EmbeddedWriters() {}

    /** Whether values of a type are written so. */
    protected abstract boolean writes(Class<?> type);

    /** What the generator of the format writes for a value of such a type. */
    protected abstract Object embedded(Object value);

    @Override
    public final ValueSerializer<?> modifySerializer(
            SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> standard) {
        Class<?> type = bean.getBeanClass();
        return writes(type) ? new Writer(type, standard) : standard;
    }

    private final class Writer extends StdSerializer<Object> {
        private final ValueSerializer<?> standard;

        Writer(Class<?> type, ValueSerializer<?> standard) {
            super(type);
            this.standard = standard;
        }

        @Override
        public ValueSerializer<?> createContextual(SerializationContext context, @Nullable BeanProperty property) {
            JsonFormat.Value format = findFormatOverrides(context, property, handledType());
            boolean formatted = format != null && (format.hasPattern() || format.hasShape());
            return formatted ? standard.createContextual(context, property) : this;
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            generator.writeEmbeddedObject(embedded(value));
        }
    }
}
