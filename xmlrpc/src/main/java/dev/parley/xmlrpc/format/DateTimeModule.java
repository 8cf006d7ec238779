package dev.parley.xmlrpc.format;

import dev.parley.spi.format.EmbeddedWriters;
import java.io.Serial;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Maps Java's types of date and time to {@code dateTime.iso8601}. That type has neither a time zone nor a fraction of a
 * second: what is written is the local time in the zone of this module, and what is read without an offset is taken as
 * local time there.
 *
 * <p>Thread-safe once registered.
 */
final class DateTimeModule extends SimpleModule {
    @Serial
    private static final long serialVersionUID = 1;

    DateTimeModule(ZoneId zone) {
        super("parley-xmlrpc-datetime");
        setDeserializerModifier(new Readers(zone));
        setSerializerModifier(new Writers(zone));
    }

    private static final class Readers extends ValueDeserializerModifier {
        @Serial
        private static final long serialVersionUID = 1;

        private final transient Map<Class<?>, Function<Object, Object>> conversions;

        Readers(ZoneId zone) {
            conversions = Map.of(
                    LocalDateTime.class,
                            time -> time instanceof LocalDateTime
                                    ? time
                                    : zoned(time, zone).toLocalDateTime(),
                    OffsetDateTime.class,
                            time -> time instanceof OffsetDateTime
                                    ? time
                                    : zoned(time, zone).toOffsetDateTime(),
                    ZonedDateTime.class, time -> zoned(time, zone),
                    Instant.class, time -> zoned(time, zone).toInstant(),
                    LocalDate.class,
                            time -> time instanceof LocalDateTime local
                                    ? local.toLocalDate()
                                    : zoned(time, zone).toLocalDate(),
                    Date.class, time -> Date.from(zoned(time, zone).toInstant()),
                    Calendar.class, time -> GregorianCalendar.from(zoned(time, zone)),
                    GregorianCalendar.class, time -> GregorianCalendar.from(zoned(time, zone)));
        }

        private static ZonedDateTime zoned(Object time, ZoneId zone) {
            return time instanceof OffsetDateTime offset
                    ? offset.atZoneSameInstant(zone)
                    : ((LocalDateTime) time).atZone(zone);
        }

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> standard) {
            Class<?> type = bean.getBeanClass();
            Function<Object, Object> conversion = conversions.get(type);
            if (conversion != null) {
                return new DateTimeDeserializer(standard, conversion);
            }
            return type == String.class ? new DateTimeDeserializer(standard, null) : standard;
        }
    }

    /** Converts an embedded date and time; anything else, such as text, is left to Jackson. */
    private static final class DateTimeDeserializer extends DelegatingDeserializer {
        /** The conversion of the embedded object; {@code null} to read the text that was sent. */
        private final @Nullable Function<Object, Object> conversion;

        DateTimeDeserializer(ValueDeserializer<?> standard, @Nullable Function<Object, Object> conversion) {
            super(standard);
            this.conversion = conversion;
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> standard) {
            return new DateTimeDeserializer(standard, conversion);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT)) {
                Object value = parser.getEmbeddedObject();
                if (value instanceof LocalDateTime || value instanceof OffsetDateTime) {
                    return conversion == null ? parser.getString() : conversion.apply(value);
                }
            }
            return super.deserialize(parser, context);
        }
    }

    private static final class Writers extends EmbeddedWriters {
        @Serial
        private static final long serialVersionUID = 1;

        private final ZoneId zone;

        Writers(ZoneId zone) {
            this.zone = zone;
        }

        @Override
        protected boolean writes(Class<?> type) {
            return type == LocalDateTime.class
                    || type == LocalDate.class
                    || type == Instant.class
                    || type == OffsetDateTime.class
                    || type == ZonedDateTime.class
                    || type == Date.class
                    || Calendar.class.isAssignableFrom(type);
        }

        @Override
        protected Object embedded(Object value) {
            return switch (value) {
                case LocalDateTime local -> local;
                case LocalDate date -> date.atStartOfDay();
                case Instant instant -> LocalDateTime.ofInstant(instant, zone);
                case OffsetDateTime time -> time.atZoneSameInstant(zone).toLocalDateTime();
                case ZonedDateTime time -> time.withZoneSameInstant(zone).toLocalDateTime();
                case Date date -> LocalDateTime.ofInstant(date.toInstant(), zone);
                case Calendar calendar -> LocalDateTime.ofInstant(calendar.toInstant(), zone);
                default -> throw new IllegalStateException(value.getClass().getName());
            };
        }
    }
}
