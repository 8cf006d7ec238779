package dev.parley.spi;

import dev.parley.ServiceDescription;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A method of a server with its Java types, for a wire whose introspection describes values in more detail than
 * {@link ServiceDescription} does. Immutable.
 *
 * @param description what every wire shows
 * @param parameters the values that the parameters take, in the order of the description: the content of an optional,
 *     one of variable or remaining arguments
 * @param result the declared result
 * @param failures the exceptions that the method declares, in the order of their declaration
 */
public record ServedMethod(
        ServiceDescription.Method description, List<Value> parameters, Value result, List<Failure> failures) {
    public ServedMethod {
        Objects.requireNonNull(description, "description");
        parameters = List.copyOf(parameters);
        Objects.requireNonNull(result, "result");
        failures = List.copyOf(failures);
    }

    /**
     * A value. Immutable.
     *
     * @param type its type
     * @param annotated the same type with its annotations; {@code null} if it has none
     * @param nullable whether it may be null
     */
    public record Value(Type type, @Nullable AnnotatedType annotated, boolean nullable) {
        public Value {
            Objects.requireNonNull(type, "type");
        }
    }

    /**
     * An exception that the method may throw. Immutable.
     *
     * @param type its class
     * @param name the name under which callers see it
     * @param doc when it is thrown; {@code null} if unknown
     */
    public record Failure(
            Class<? extends Throwable> type,
            String name,
            @Nullable String doc) {
        public Failure {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(name, "name");
        }
    }
}
