package dev.parley.net.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * HTTP header fields in the order of the message, looked up without regard to case.
 *
 * <p>A name may occur several times. Names must be tokens, and values must not have control characters (RFC 9110 §5),
 * so that a value cannot inject further fields. Immutable and thread-safe.
 */
public final class Headers {
    private static final Headers EMPTY = new Headers(new String[0]);
    private static final Pattern SECRET = Pattern.compile("(?i)auth|cookie|token|secret|password|key");

    private final String[] fields;

    private Headers(String[] fields) {
        this.fields = fields;
    }

    /** No fields. */
    public static Headers empty() {
        return EMPTY;
    }

    /**
     * Fields from alternating names and values.
     *
     * @throws IllegalArgumentException if a name is not a token, a value has a control character or a character beyond
     *     Latin-1, or a value is missing
     */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a header has a name and a value, but " + namesAndValues.length
                    + " texts were given; the last is " + namesAndValues[namesAndValues.length - 1]);
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            checkName(namesAndValues[i]);
            checkValue(namesAndValues[i], namesAndValues[i + 1]);
        }
        return namesAndValues.length == 0 ? EMPTY : new Headers(namesAndValues.clone());
    }

    /** Fields from alternating names and values that a parser has checked already. */
    public static Headers parsed(List<String> namesAndValues) {
        return new Headers(namesAndValues.toArray(String[]::new));
    }

    /**
     * These fields and one more at the end.
     *
     * @throws IllegalArgumentException if the name is not a token, or the value has a control character or a character
     *     beyond Latin-1
     */
    public Headers with(String name, String value) {
        checkName(name);
        checkValue(name, value);
        String[] more = Arrays.copyOf(fields, fields.length + 2);
        more[fields.length] = name;
        more[fields.length + 1] = value;
        return new Headers(more);
    }

    /** These fields, followed by the others. */
    public Headers with(Headers others) {
        if (others.fields.length == 0) {
            return this;
        }
        String[] more = Arrays.copyOf(fields, fields.length + others.fields.length);
        System.arraycopy(others.fields, 0, more, fields.length, others.fields.length);
        return new Headers(more);
    }

    /** These fields with the others in place of those that have their names. */
    public Headers replace(Headers others) {
        List<String> kept = new ArrayList<>(fields.length);
        forEach((name, value) -> {
            if (!others.contains(name)) {
                kept.add(name);
                kept.add(value);
            }
        });
        return parsed(kept).with(others);
    }

    /** The value of the first field of this name; null if there is none. */
    public @Nullable String first(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return fields[i + 1];
            }
        }
        return null;
    }

    /** The values of all fields of this name, in order; empty if there is none. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                values.add(fields[i + 1]);
            }
        }
        return values;
    }

    /** Whether there is a field of this name. */
    public boolean contains(String name) {
        return first(name) != null;
    }

    /** Whether a comma-separated field of this name has the token, such as {@code close} in {@code Connection}. */
    public boolean hasToken(String name, String token) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                for (String part : fields[i + 1].split(",")) {
                    if (part.strip().equalsIgnoreCase(token)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The fields by name in lower case; the values of a repeated field are joined by commas (RFC 9110 §5.3). */
    public Map<String, String> toMap() {
        Map<String, String> fields = new LinkedHashMap<>();
        forEach((name, value) ->
                fields.merge(name.toLowerCase(Locale.ROOT), value, (first, more) -> first + ", " + more));
        return fields;
    }

    /** Calls the consumer with each name and value, in order. */
    public void forEach(BiConsumer<String, String> consumer) {
        for (int i = 0; i < fields.length; i += 2) {
            consumer.accept(fields[i], fields[i + 1]);
        }
    }

    /** The number of fields. */
    public int size() {
        return fields.length / 2;
    }

    /** The fields as text for logs; what by its name may be a secret is shown as {@code ***}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        forEach((name, value) -> text.append(text.length() == 1 ? "" : ", ")
                .append(name)
                .append(": ")
                .append(SECRET.matcher(name).find() ? "***" : value));
        return text.append('}').toString();
    }

    private static void checkName(String name) {
        boolean ok = !name.isEmpty();
        for (int i = 0; i < name.length() && ok; i++) {
            char c = name.charAt(i);
            ok = c > ' ' && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
        }
        if (!ok) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is not a header name; a name has letters, digits and -_. only");
        }
    }

    private static void checkValue(String name, String value) {
        Objects.requireNonNull(value, name);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                throw new IllegalArgumentException("the value of header " + name + " has the character U+"
                        + String.format("%04X", (int) c) + " at " + i + "; only printable Latin-1 is allowed");
            }
        }
    }
}
