package dev.parley.spi;

import dev.parley.PeerProfile;
import dev.parley.PeerProfile.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.type.TypeFactory;
import tools.jackson.databind.util.ClassUtil;

/**
 * Says in Parley's words what Jackson found wrong, without advice about features that users of Parley cannot set.
 * Stateless and thread-safe.
 */
public final class ValueErrors {
    /** The longest value quoted in an error, in characters. */
    private static final int MAX_QUOTED = 40;

    private static final TypeFactory TYPES = TypeFactory.createDefaultInstance();

    /** What has no meaning to a user of Parley, and what is said instead. */
    private record Rewording(Pattern from, String to) {
        Rewording(String from, String to) {
            this(Pattern.compile(from), to);
        }
    }

    private static final List<Rewording> REWORDINGS = List.of(
            new Rewording("^Unexpected end-of-input.*", "it ends too early"),
            new Rewording("Non-standard token '([^']*)': enable `[^`]*` to allow", "$1 is not a JSON value"),
            new Rewording(": JSON spec does not allow ([^:]*): enable `[^`]*` to allow", ": JSON does not allow $1"),
            new Rewording("[:,]? ?\\(?enable `[^`]*`[^)]*\\)?", ""),
            new Rewording(" ?\\(start marker at \\[Source:.*?\\]\\)", ""),
            new Rewording(" ?\\[Source: REDACTED.*?\\]", ""),
            new Rewording(", from `Stream(Read|Write)Constraints\\.\\w+\\(\\)`", ""),
            new Rewording(" ?\\((but|set|although|not recognized)\\b[^()]*(\\([^()]*\\)[^()]*)*\\)", ""),
            new Rewording(" ?\\(token `JsonToken\\.\\w+`\\)", ""),
            new Rewording("\\(JSON String, Number, Array, Object or token 'null', 'true' or 'false'\\)", ""),
            new Rewording("expected a valid value ?$", "a value must stand here"),
            new Rewording("was expecting ?$", "a value must stand here"),
            new Rewording("\\(\\(CTRL-CHAR, code (\\d+)\\)\\)", "(code $1)"),
            new Rewording("`(?:[\\w]+\\.)*([\\w$]+(?:\\[\\])?)(?:<[^`]*>)?`", "$1"),
            new Rewording("\\b(VALUE|START|END)_(\\w+)\\b", "$2"));

    private ValueErrors() {}

    /** What is wrong, such as {@code "x" is not a valid Integer, at hosts[2].port}. */
    public static String text(JacksonException e) {
        return switch (e) {
            case UnexpectedEndOfInputException end -> "it ends too early";
            case MismatchedInputException mismatch -> mismatch(mismatch) + place(mismatch);
            case ValueInstantiationException construction
            when construction.getCause() instanceof NullPointerException
                    && construction.getType() != null
                    && construction.getType().isRecordType() ->
                "a member of "
                        + construction.getType().getRawClass().getSimpleName()
                        + " is missing that has a primitive type" + place(construction);
            case tools.jackson.databind.DatabindException other -> reworded(other) + place(other);
            default -> reworded(e);
        };
    }

    /** Which profile would read the value, to be added to {@link #text}; empty if there is none. */
    public static String hint(JacksonException e) {
        if (!(e instanceof MismatchedInputException mismatch)
                || mismatch.getTargetType() == null
                || !(mismatch.processor() instanceof JsonParser parser)
                || parser.isClosed()) {
            return "";
        }
        Class<?> target = mismatch.getTargetType();
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : null;
        Rule rule = ValueKind.of(TYPES.constructType(target)).rule(parser.currentToken(), "".equals(text));
        if (rule == null || (rule == Rule.NUMBER_IN_TEXT && !PeerValues.isNumber(text))) {
            return "";
        }
        PeerProfile profile = Arrays.stream(PeerProfile.values())
                .filter(each -> each.has(rule))
                .findFirst()
                .orElseThrow();
        boolean toNull = rule == Rule.FALSE_AS_NULL || rule == Rule.EMPTY_TEXT_AS_NULL;
        return "; the option peer=" + profile.name().toLowerCase(Locale.ROOT) + " reads " + rule.words()
                + (toNull && target.isPrimitive()
                        ? ", which " + ClassUtil.wrapperType(target).getSimpleName() + " can hold"
                        : "");
    }

    private static String mismatch(MismatchedInputException e) {
        Class<?> target = e.getTargetType();
        JsonParser parser = e.processor() instanceof JsonParser open && !open.isClosed() ? open : null;
        JsonToken token = parser == null ? null : parser.currentToken();
        String message = String.valueOf(e.getOriginalMessage());
        // Deserializers of our own name the value themselves, and Jackson knows more about numbers that do not fit.
        if (parser == null
                || token == null
                || target == null
                || message.contains(" is not a valid ")
                || message.contains("out of range")) {
            return reworded(e);
        }
        String value = switch (token) {
            case START_OBJECT, PROPERTY_NAME, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> quoted(parser.getString());
            case VALUE_EMBEDDED_OBJECT -> "a value of another kind";
            default -> parser.getString();
        };
        if (target.isEnum() && token == JsonToken.VALUE_STRING) {
            return value + " is not one of "
                    + Arrays.stream(target.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        return value + " is not a valid " + target.getSimpleName();
    }

    private static String quoted(String text) {
        String shown = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text;
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }

    private static String reworded(JacksonException e) {
        String text = String.valueOf(e.getOriginalMessage());
        for (Rewording rewording : REWORDINGS) {
            text = rewording.from().matcher(text).replaceAll(rewording.to());
        }
        return text.strip();
    }

    /** Where in a value it is, such as {@code , at hosts[2].port}; empty if it is the value itself. */
    private static String place(JacksonException e) {
        StringBuilder place = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            @Nullable String name = step.getPropertyName();
            if (name == null) {
                place.append('[').append(step.getIndex()).append(']');
            } else {
                place.append(place.isEmpty() ? "" : ".").append(name);
            }
        }
        return place.isEmpty() ? "" : ", at " + place;
    }
}
