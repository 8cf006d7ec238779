package dev.parley.jsonrpc.message;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Ids of requests, which compare as JSON values: {@code 1.0} is {@code 1}. Stateless and thread-safe. */
public final class Ids {
    /** No id that a client of Parley ever sends. */
    public static final long NONE = -1;

    /** How many digits a {@code long} has at most. */
    private static final int LONG_DIGITS = 19;

    /** A string or a number. */
    private static final Pattern ID =
            Pattern.compile("\"(?:[^\\p{Cntrl}\"\\\\]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*\""
                    + "|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

    /** Longer ids are not recovered. */
    private static final int MAX_RECOVERED = 256;

    private Ids() {}

    /**
     * The number that the id of a response stands for: a number without a fraction, or text that is one, since some
     * servers turn it into that; {@link #NONE} for every other id.
     */
    public static long number(Envelope response) {
        String id = response.id;
        return id == null || response.idToken == JsonToken.VALUE_NULL ? NONE : number(id);
    }

    /** The same for the id as JSON text. */
    static long number(String json) {
        String digits = json.length() > 1 && json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> (c >= '0' && c <= '9') || ".eE+-".indexOf(c) >= 0)) {
            return NONE;
        }
        try {
            BigDecimal value = new BigDecimal(digits).stripTrailingZeros();
            boolean fits = value.scale() <= 0 && (long) value.precision() - value.scale() <= LONG_DIGITS;
            long number = fits && value.signum() > 0 ? value.longValueExact() : NONE;
            return number > 0 ? number : NONE;
        } catch (ArithmeticException | NumberFormatException e) {
            return NONE;
        }
    }

    /** Whether two ids, as JSON texts, are the same value. */
    public static boolean equal(String one, @Nullable String other) {
        if (other == null || one.equals(other)) {
            return other != null;
        }
        if (one.startsWith("\"") || other.startsWith("\"")) {
            return false;
        }
        try {
            return new BigDecimal(one).compareTo(new BigDecimal(other)) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Whether there is no id, or it is null. */
    public static boolean isAbsent(Envelope response) {
        return response.idToken == null || response.idToken == JsonToken.VALUE_NULL;
    }

    /**
     * The ids in a message that cannot be parsed, so that the calls it answers can be told: the numbers that members
     * named {@code id} of its outermost objects have, as far as its structure can be followed.
     */
    public static Set<Long> recover(byte[] malformed) {
        return new Recovery(malformed).ids();
    }

    /**
     * The id in the beginning of a request that is not read any further, as JSON text; {@code null} if it is not there,
     * or the message may have several.
     */
    public static @Nullable String ofRequest(byte[] beginning) {
        return new Recovery(beginning).first();
    }

    /** Walks through a malformed message. */
    private static final class Recovery {
        private final byte[] bytes;
        private int at;

        Recovery(byte[] bytes) {
            this.bytes = bytes;
        }

        Set<Long> ids() {
            Set<Long> ids = new HashSet<>();
            int depth = 0;
            int outermost = 0;
            while (at < bytes.length) {
                switch (bytes[at]) {
                    case '[' -> {
                        // The responses of a batch are one level deeper.
                        outermost += depth == outermost ? 1 : 0;
                        depth++;
                        at++;
                    }
                    case '{' -> {
                        depth++;
                        at++;
                    }
                    case '}', ']' -> {
                        depth--;
                        at++;
                    }
                    case '"' -> {
                        String name = string();
                        if (depth == outermost + 1 && name.equals("id") && skipTo(':')) {
                            add(ids);
                        }
                    }
                    default -> at++;
                }
            }
            return ids;
        }

        /** The first id of a single object, as it stands. */
        @Nullable
        String first() {
            skipBlanks();
            if (at >= bytes.length || bytes[at] != '{') {
                return null;
            }
            int depth = 0;
            while (at < bytes.length) {
                switch (bytes[at]) {
                    case '[', '{' -> {
                        depth++;
                        at++;
                    }
                    case '}', ']' -> {
                        depth--;
                        at++;
                    }
                    case '"' -> {
                        String name = string();
                        if (depth == 1 && name.equals("id") && skipTo(':')) {
                            return value();
                        }
                    }
                    default -> at++;
                }
            }
            return null;
        }

        /** The string or number here; {@code null} if it is none, or may go on. */
        private @Nullable String value() {
            int start = at;
            if (at < bytes.length && bytes[at] == '"') {
                String unused = string();
            } else {
                while (at < bytes.length && bytes[at] > ' ' && ",]}{[".indexOf(bytes[at]) < 0) {
                    at++;
                }
            }
            String value = new String(bytes, start, Math.min(at, bytes.length) - start, StandardCharsets.UTF_8);
            boolean whole = at < bytes.length && value.length() <= MAX_RECOVERED;
            return whole && ID.matcher(value).matches() ? value : null;
        }

        private void add(Set<Long> ids) {
            String value;
            if (at < bytes.length && bytes[at] == '"') {
                value = string();
            } else {
                int start = at;
                while (at < bytes.length && bytes[at] > ' ' && ",]}{[".indexOf(bytes[at]) < 0) {
                    at++;
                }
                value = new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
            }
            long number = number(value);
            if (number != NONE) {
                ids.add(number);
            }
        }

        /** The characters of a string, with its escapes as they stand. */
        private String string() {
            int start = ++at;
            while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\n') {
                at += bytes[at] == '\\' ? 2 : 1;
            }
            int end = Math.min(at, bytes.length);
            at = end + 1;
            return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        }

        private boolean skipTo(char mark) {
            skipBlanks();
            if (at >= bytes.length || bytes[at] != mark) {
                return false;
            }
            at++;
            skipBlanks();
            return true;
        }

        private void skipBlanks() {
            while (at < bytes.length && bytes[at] <= ' ' && bytes[at] > 0) {
                at++;
            }
        }
    }
}
