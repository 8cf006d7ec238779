package dev.parley.spi;

import dev.parley.PeerProfile.Rule;
import java.time.Duration;
import java.time.Period;
import java.time.temporal.TemporalAccessor;
import java.util.Calendar;
import java.util.Date;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TreeNode;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.util.ClassUtil;
import tools.jackson.databind.util.TokenBuffer;

/** The kinds of Java types that the conversions of peer profiles distinguish. */
enum ValueKind {
    /** Takes whatever comes: {@code Object} and trees. */
    ANY,
    BOOLEAN,
    NUMBER,
    TEXT,
    TIME,
    LIST,
    OBJECT,
    /** Enums, UUIDs, binary and the like, which are written as text. */
    OTHER;

    static ValueKind of(JavaType type) {
        Class<?> raw = ClassUtil.primitiveType(type.getRawClass()) == null
                ? type.getRawClass()
                : ClassUtil.primitiveType(type.getRawClass());
        if (raw == Object.class || TreeNode.class.isAssignableFrom(raw) || raw == TokenBuffer.class) {
            return ANY;
        } else if (raw == boolean.class || raw == AtomicBoolean.class) {
            return BOOLEAN;
        } else if ((raw.isPrimitive() && raw != char.class)
                || Number.class.isAssignableFrom(raw)
                || raw == OptionalInt.class
                || raw == OptionalLong.class) {
            return NUMBER;
        } else if (CharSequence.class.isAssignableFrom(raw)) {
            return TEXT;
        } else if (TemporalAccessor.class.isAssignableFrom(raw)
                || Date.class.isAssignableFrom(raw)
                || Calendar.class.isAssignableFrom(raw)
                || raw == Duration.class
                || raw == Period.class) {
            return TIME;
        } else if (type.isMapLikeType()) {
            return OBJECT;
        } else if (type.isReferenceType()) {
            JavaType content = type.getReferencedType();
            return content == null ? ANY : of(content);
        } else if (raw.isEnum()
                || raw == byte[].class
                || raw == char[].class
                || raw.getName().startsWith("java.")) {
            return type.isCollectionLikeType() ? LIST : OTHER;
        }
        return type.isContainerType() ? LIST : OBJECT;
    }

    /** The conversion that would read a token as a value of this kind; {@code null} if there is none. */
    @Nullable
    Rule rule(@Nullable JsonToken token, boolean empty) {
        if (token == null || this == ANY) {
            return null;
        }
        return switch (token) {
            case VALUE_FALSE -> this == BOOLEAN ? null : Rule.FALSE_AS_NULL;
            case VALUE_STRING ->
                empty
                        ? this == TEXT || this == OTHER ? null : Rule.EMPTY_TEXT_AS_NULL
                        : this == NUMBER || this == BOOLEAN ? Rule.NUMBER_IN_TEXT : null;
            case VALUE_NUMBER_INT -> this == TEXT || this == BOOLEAN ? Rule.TEXT_FROM_NUMBER : null;
            case VALUE_NUMBER_FLOAT -> this == TEXT ? Rule.TEXT_FROM_NUMBER : null;
            case START_ARRAY -> this == OBJECT ? Rule.EMPTY_ARRAY_AS_OBJECT : null;
            default -> null;
        };
    }
}
