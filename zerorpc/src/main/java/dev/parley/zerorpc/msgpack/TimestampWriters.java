package dev.parley.zerorpc.msgpack;

import dev.parley.spi.format.EmbeddedWriters;
import java.io.Serial;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;

/** Writes points in time as MessagePack's timestamps. Immutable and thread-safe. */
final class TimestampWriters extends EmbeddedWriters {
    @Serial
    private static final long serialVersionUID = 1;

    @Override
    protected boolean writes(Class<?> type) {
        return type == Instant.class
                || type == OffsetDateTime.class
                || type == ZonedDateTime.class
                || type == Date.class
                || Calendar.class.isAssignableFrom(type);
    }

    @Override
    protected Object embedded(Object value) {
        return switch (value) {
            case Instant instant -> instant;
            case OffsetDateTime time -> time.toInstant();
            case ZonedDateTime time -> time.toInstant();
            case Date date -> date.toInstant();
            case Calendar calendar -> calendar.toInstant();
            default -> throw new IllegalStateException(value.getClass().getName());
        };
    }
}
