package dev.parley.internal.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.internal.ValueTypes;
import dev.parley.spi.ValueErrors;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;

/** The errors of arguments that cannot be decoded. */
final class ArgumentErrors {
    private ArgumentErrors() {}

    /** What is in the place of the arguments is neither an array nor an object. */
    static String notArguments(String method, JsonToken token) {
        return "arguments of " + method + " must be an array or an object, not " + describe(token);
    }

    /** The arguments as a whole cannot be read. */
    static RpcException malformed(String method, JacksonException e) {
        return e instanceof StreamConstraintsException
                ? new ProtocolException("arguments of " + method + " exceed a limit: " + ValueErrors.text(e), e)
                : new ProtocolException("arguments of " + method + " are malformed: " + ValueErrors.text(e), e);
    }

    /**
     * One argument cannot be read.
     *
     * @param token the token at which reading stopped
     */
    static RpcException unreadable(
            String method, String name, Type type, @Nullable JsonToken token, JacksonException e) {
        if (e instanceof StreamConstraintsException
                || (e instanceof StreamReadException && !(e instanceof InputCoercionException))) {
            return malformed(method, e);
        }
        // If the token is a number that is out of range, or a value inside an array or object, Jackson's message says
        // more.
        boolean plain = token != null
                && token.isScalarValue()
                && !token.isNumeric()
                && e instanceof DatabindException databind
                && databind.getPath().isEmpty();
        return new InvalidArgumentsException(
                "argument '" + name + "' of " + method + " must be of type " + ValueTypes.of(type)
                        + (plain ? ", not " + describe(token) : ": " + ValueErrors.text(e)),
                e);
    }

    /** A token in words. */
    static String describe(@Nullable JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case null, default -> "another value";
        };
    }
}
