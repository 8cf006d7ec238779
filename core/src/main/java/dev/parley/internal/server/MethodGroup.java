package dev.parley.internal.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.RpcContext;
import dev.parley.Serializer;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.internal.ValueTypes;
import java.lang.invoke.MethodType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/** The methods of one name in one endpoint: a single one, or overloads. Immutable and thread-safe. */
final class MethodGroup {
    /** One overload, with the decoded arguments of a call. For the thread of the call only. */
    static final class Selected {
        private final BoundMethod method;
        private final @Nullable Object[] arguments;

        private Selected(BoundMethod method, @Nullable Object[] arguments) {
            this.method = method;
            this.arguments = arguments;
        }

        BoundMethod method() {
            return method;
        }

        @Nullable
        Object[] arguments() {
            return arguments;
        }
    }

    private static final Comparator<BoundMethod> NARROW_FIRST = Comparator.<BoundMethod>comparingInt(
                    method -> method.parameters().size())
            .thenComparing(MethodGroup::hasVariable)
            .thenComparing(MethodGroup::widths)
            .thenComparing(MethodGroup::typeNames)
            .thenComparing(BoundMethod::toString);

    private final String name;
    private final List<BoundMethod> methods;
    private final boolean inline;
    private final boolean streaming;

    /**
     * A group.
     *
     * @throws IllegalArgumentException if two of the methods accept the same arguments
     */
    MethodGroup(String name, List<BoundMethod> methods) {
        this.name = name;
        this.methods = methods.stream().sorted(NARROW_FIRST).toList();
        this.inline = methods.stream().allMatch(BoundMethod::inline);
        this.streaming = methods.stream().anyMatch(BoundMethod::streaming);
        for (int i = 0; i < methods.size(); i++) {
            for (int j = i + 1; j < methods.size(); j++) {
                if (ambiguous(this.methods.get(i), this.methods.get(j))) {
                    throw new IllegalArgumentException("two methods named '" + name
                            + "' cannot be distinguished by their arguments; give one of them another name, such as"
                            + " with @Expose(\"…\"): " + this.methods.get(i) + ", " + this.methods.get(j));
                }
            }
        }
    }

    String name() {
        return name;
    }

    /** The overloads, in the order in which they are tried. */
    List<BoundMethod> methods() {
        return methods;
    }

    /** The method if there is just one, else {@code null}. */
    @Nullable
    BoundMethod single() {
        return methods.size() == 1 ? methods.getFirst() : null;
    }

    /** Whether every overload runs inline: which one is called is known only after the thread is chosen. */
    boolean inline() {
        return inline;
    }

    /** Whether one of the overloads is declared to return a stream. */
    boolean streaming() {
        return streaming;
    }

    /** Whether an exception is part of the contract of one of the overloads. */
    boolean expects(Throwable error) {
        return methods.stream().anyMatch(method -> method.expects(error));
    }

    /**
     * Selects the first overload that accepts the arguments. A number with a decimal point is taken for an integer
     * only if no overload takes it as what it is.
     *
     * @param parser on or before the start of the arguments; {@code null} for none
     * @throws InvalidArgumentsException if no overload accepts them
     */
    Selected select(
            @Nullable JsonParser parser, ObjectMapper mapper, @Nullable Serializer serializer, RpcContext context) {
        BufferedArguments arguments = BufferedArguments.read(name, parser);
        List<BoundMethod> fitting =
                methods.stream().filter(method -> accepts(method, arguments)).toList();
        if (fitting.isEmpty()) {
            throw new InvalidArgumentsException("no overload of " + name + " takes " + arguments + "; it has "
                    + methods.stream().map(BoundMethod::signature).collect(Collectors.joining(", ")));
        } else if (fitting.size() == 1) {
            BoundMethod only = fitting.getFirst();
            return new Selected(only, only.bind(arguments.parser(), mapper, serializer, context));
        }
        List<BoundMethod> order = new ArrayList<>();
        fitting.stream().filter(method -> !roundsNumbers(method, arguments)).forEach(order::add);
        fitting.stream().filter(method -> roundsNumbers(method, arguments)).forEach(order::add);
        InvalidArgumentsException last = null;
        for (BoundMethod method : order) {
            try {
                return new Selected(method, method.bind(arguments.parser(), mapper, serializer, context));
            } catch (InvalidArgumentsException e) {
                last = e;
            }
        }
        throw new InvalidArgumentsException(
                "no overload of " + name + " takes arguments of these types; it has "
                        + order.stream().map(BoundMethod::signature).collect(Collectors.joining(", ")),
                last);
    }

    private static boolean accepts(BoundMethod method, BufferedArguments arguments) {
        List<MethodParameter> parameters = method.parameters();
        boolean open = !parameters.isEmpty()
                && (arguments.named()
                        ? parameters.getLast().remaining()
                        : parameters.getLast().variable());
        if (arguments.named()) {
            return (open
                            || arguments.names().stream()
                                    .allMatch(given -> parameters.stream()
                                            .anyMatch(parameter ->
                                                    parameter.name().equals(given))))
                    && parameters.stream()
                            .filter(MethodParameter::required)
                            .allMatch(parameter -> arguments.names().contains(parameter.name()));
        }
        int max = (int)
                parameters.stream().filter(parameter -> !parameter.remaining()).count();
        int min = 0;
        for (int i = 0; i < parameters.size(); i++) {
            min = parameters.get(i).required() ? i + 1 : min;
        }
        return arguments.count() >= min && (open || arguments.count() <= max);
    }

    private static boolean roundsNumbers(BoundMethod method, BufferedArguments arguments) {
        List<MethodParameter> parameters = method.parameters();
        for (int i = 0; i < arguments.count(); i++) {
            if (arguments.kinds().get(i) != JsonToken.VALUE_NUMBER_FLOAT) {
                continue;
            }
            int index = Math.min(i, parameters.size() - 1);
            MethodParameter parameter = parameters.get(index);
            if (arguments.named()) {
                String given = arguments.names().get(i);
                parameter = parameters.stream()
                        .filter(each -> each.name().equals(given))
                        .findFirst()
                        .orElse(parameters.getLast());
            }
            if (isInteger(parameter.type())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInteger(Type type) {
        Class<?> boxed = boxed(type);
        return boxed == Integer.class
                || boxed == Long.class
                || boxed == Short.class
                || boxed == Byte.class
                || boxed == BigInteger.class;
    }

    private static Class<?> boxed(Type type) {
        return MethodType.methodType(ValueTypes.raw(type)).wrap().returnType();
    }

    private static boolean hasVariable(BoundMethod method) {
        return method.parameters().stream().anyMatch(MethodParameter::variable);
    }

    /** One digit for each parameter, greater for wider types. */
    private static String widths(BoundMethod method) {
        return method.parameters().stream()
                .map(parameter -> Integer.toString(width(parameter.type())))
                .collect(Collectors.joining());
    }

    private static String typeNames(BoundMethod method) {
        return method.parameters().stream()
                .map(parameter -> parameter.type().getTypeName())
                .collect(Collectors.joining(","));
    }

    private static int width(Type type) {
        Class<?> boxed = boxed(type);
        if (boxed == Integer.class) {
            return 0;
        } else if (boxed == Long.class) {
            return 1;
        } else if (boxed == Double.class) {
            return 2;
        } else if (boxed == Object.class) {
            return 9;
        }
        return boxed.isInterface() ? 5 : 4;
    }

    private static boolean ambiguous(BoundMethod one, BoundMethod other) {
        List<MethodParameter> first = one.parameters();
        List<MethodParameter> second = other.parameters();
        if (first.size() != second.size()) {
            return false;
        }
        for (int i = 0; i < first.size(); i++) {
            if (first.get(i).kind() != second.get(i).kind()
                    || !sameValues(first.get(i).type(), second.get(i).type())) {
                return false;
            }
        }
        return true;
    }

    /** Whether two types accept the same values: the same type, or two that are read from the members of an object. */
    private static boolean sameValues(Type one, Type other) {
        return one.equals(other)
                || boxed(one) == boxed(other) && one instanceof Class && other instanceof Class
                || ValueTypes.of(one) == ValueType.OBJECT && ValueTypes.of(other) == ValueType.OBJECT;
    }

    @Override
    public String toString() {
        return methods.toString();
    }
}
