package dev.parley.zerorpc.msgpack;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serial;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
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
 * Writes points in time as MessagePack's timestamps, unless a {@code @JsonFormat} says otherwise. Immutable and
 * thread-safe.
 */
final class TimestampWriters extends ValueSerializerModifier {
    @Serial
    private static final long serialVersionUID = 1;

    @Override
    public ValueSerializer<?> modifySerializer(
            SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> standard) {
        Class<?> type = bean.getBeanClass();
        return type == Instant.class
                        || type == OffsetDateTime.class
                        || type == ZonedDateTime.class
                        || type == Date.class
                        || Calendar.class.isAssignableFrom(type)
                ? new Timestamp(type, standard)
                : standard;
    }

    private static final class Timestamp extends StdSerializer<Object> {
        private final ValueSerializer<?> standard;

        Timestamp(Class<?> type, ValueSerializer<?> standard) {
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
            generator.writeEmbeddedObject(
                    switch (value) {
                        case Instant instant -> instant;
                        case OffsetDateTime time -> time.toInstant();
                        case ZonedDateTime time -> time.toInstant();
                        case Date date -> date.toInstant();
                        case Calendar calendar -> calendar.toInstant();
                        default ->
                            throw new IllegalStateException(value.getClass().getName());
                    });
        }
    }
}
