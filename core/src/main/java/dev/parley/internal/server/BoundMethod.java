package dev.parley.internal.server;

import dev.parley.Args;
import dev.parley.ExpectedExceptions;
import dev.parley.Expose;
import dev.parley.Functions;
import dev.parley.Inline;
import dev.parley.RpcContext;
import dev.parley.Serializer;
import dev.parley.ServiceDescription;
import dev.parley.internal.ValueTypes;
import dev.parley.spi.ServedMethod;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/**
 * One method that peers can call: a method of an endpoint object, a static method, or a function. Its handle is
 * resolved once, its parameters are read once. Thread-safe.
 */
final class BoundMethod {
    /** A server has one mapper per address; beyond this number the oldest binder is dropped. */
    private static final int MAX_BINDERS = 16;

    private final String name;
    private final String source;
    private final MethodHandle handle;
    private final boolean takesContext;
    private final boolean fallback;
    private final boolean inline;
    private final List<MethodParameter> parameters;
    private final Type declaredResult;
    private final Type resultType;
    private final List<Class<? extends Throwable>> expected;
    private final @Nullable Method java;
    private volatile ArgumentBinder[] binders = {};

    private BoundMethod(
            String name,
            String source,
            MethodHandle handle,
            boolean takesContext,
            List<MethodParameter> parameters,
            Type declaredResult,
            @Nullable Method annotated,
            boolean fallback) {
        this.name = name;
        this.source = source;
        this.handle = handle;
        this.takesContext = takesContext;
        this.fallback = fallback;
        this.parameters = List.copyOf(parameters);
        this.declaredResult = declaredResult;
        this.resultType = contentType(declaredResult);
        this.inline = annotated != null && annotated.isAnnotationPresent(Inline.class);
        ExpectedExceptions exceptions = annotated == null ? null : annotated.getAnnotation(ExpectedExceptions.class);
        this.expected = exceptions == null ? List.of() : List.of(exceptions.value());
        this.java = annotated;
    }

    /**
     * A Java method.
     *
     * @param endpoint the object; {@code null} for a static method
     * @throws IllegalArgumentException if the method is not accessible, or its annotations are unusable
     */
    static BoundMethod of(@Nullable Object endpoint, Method method) {
        Expose expose = method.getAnnotation(Expose.class);
        String name = expose == null || expose.value().isEmpty() ? method.getName() : expose.value();
        Parameter[] all = method.getParameters();
        boolean takesContext = all.length > 0 && all[0].getType() == RpcContext.class;
        List<MethodParameter> parameters = new ArrayList<>();
        for (int i = takesContext ? 1 : 0; i < all.length; i++) {
            MethodParameter parameter = MethodParameter.of(all[i]);
            if (parameter.defaultJson() != null) {
                Defaults.check(parameter, name);
            }
            if (parameter.remaining() && i < all.length - 1) {
                throw new IllegalArgumentException(
                        "@Remaining parameter '" + parameter.name() + "' must be the last one of " + method);
            }
            parameters.add(parameter);
        }
        return new BoundMethod(
                name,
                method.toString(),
                spread(handle(endpoint, method), all.length),
                takesContext,
                parameters,
                method.getGenericReturnType(),
                method,
                false);
    }

    /**
     * A function.
     *
     * @param function one of {@link Functions}
     * @param types the types of its parameters
     */
    static BoundMethod of(String name, Object function, List<Class<?>> types) {
        Class<?> shape = switch (types.size()) {
            case 0 -> Functions.Function0.class;
            case 1 -> Functions.Function1.class;
            case 2 -> Functions.Function2.class;
            case 3 -> Functions.Function3.class;
            case 4 -> Functions.Function4.class;
            default -> throw new IllegalArgumentException("a function of " + types.size() + " parameters");
        };
        List<MethodParameter> parameters = new ArrayList<>();
        for (Class<?> type : types) {
            parameters.add(MethodParameter.of("arg" + parameters.size(), type));
        }
        return new BoundMethod(
                name,
                "function " + name + types,
                handle(shape, function),
                false,
                parameters,
                Object.class,
                null,
                false);
    }

    /** The handler of unknown methods, which gets the name of the method and arguments of any types. */
    static BoundMethod of(Functions.Fallback fallback) {
        return new BoundMethod(
                "fallback",
                "fallback",
                handle(Functions.Fallback.class, fallback),
                true,
                List.of(MethodParameter.of("method", String.class), MethodParameter.of("arguments", Args.class)),
                Object.class,
                null,
                true);
    }

    private static MethodHandle handle(Class<?> shape, Object function) {
        Method call = Arrays.stream(shape.getMethods())
                .filter(method -> method.getName().equals("call"))
                .findFirst()
                .orElseThrow();
        return spread(handle(function, call), call.getParameterCount());
    }

    private static MethodHandle handle(@Nullable Object endpoint, Method method) {
        try {
            method.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            // A public method of an exported package is accessible all the same; if not, the lookup below fails.
        }
        try {
            MethodHandle handle = MethodHandles.lookup().unreflect(method);
            return (endpoint == null ? handle : handle.bindTo(endpoint)).asFixedArity();
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    method + " is not accessible: open its package to dev.parley.core, or make class and method public",
                    e);
        }
    }

    private static MethodHandle spread(MethodHandle handle, int count) {
        return handle.asSpreader(Object[].class, count).asType(MethodType.methodType(Object.class, Object[].class));
    }

    private static Type contentType(Type declared) {
        return declared instanceof ParameterizedType generic
                        && (generic.getRawType() == Optional.class
                                || CompletionStage.class.isAssignableFrom((Class<?>) generic.getRawType()))
                ? generic.getActualTypeArguments()[0]
                : declared;
    }

    String name() {
        return name;
    }

    boolean inline() {
        return inline;
    }

    /** Whether it is declared to return a stream. */
    boolean streaming() {
        Class<?> type = ValueTypes.raw(declaredResult);
        return BaseStream.class.isAssignableFrom(type)
                || Iterator.class.isAssignableFrom(type)
                || Flow.Publisher.class.isAssignableFrom(type);
    }

    /** The declared type of the result: that of the value of a stage or optional. */
    Type resultType() {
        return resultType;
    }

    boolean expects(Throwable error) {
        return expected.stream().anyMatch(type -> type.isInstance(error));
    }

    List<MethodParameter> parameters() {
        return parameters;
    }

    /**
     * Decodes the arguments in the order of {@link #parameters}.
     *
     * @param parser on or before the start of the arguments; {@code null} for none
     */
    @Nullable
    Object[] bind(
            @Nullable JsonParser parser, ObjectMapper mapper, @Nullable Serializer serializer, RpcContext context) {
        if (fallback) {
            String qualified = MethodTable.qualified(context.namespace(), context.method());
            return new Object[] {qualified, FallbackArguments.read(qualified, parser, mapper, serializer, context)};
        }
        return binder(mapper).bind(parser, serializer, context);
    }

    @SuppressWarnings("ReferenceEquality") // A mapper has no other identity.
    private ArgumentBinder binder(ObjectMapper mapper) {
        for (ArgumentBinder binder : binders) {
            if (binder.mapper() == mapper) {
                return binder;
            }
        }
        synchronized (this) {
            ArgumentBinder[] more = Arrays.copyOf(binders, binders.length + 1);
            ArgumentBinder added = new ArgumentBinder(name, parameters, mapper);
            more[binders.length] = added;
            binders = more.length > MAX_BINDERS ? Arrays.copyOfRange(more, 1, more.length) : more;
            return added;
        }
    }

    /** Runs it with the arguments of {@link #bind}. */
    @Nullable
    Object invoke(RpcContext context, @Nullable Object[] arguments) throws Throwable {
        @Nullable Object[] all = arguments;
        if (takesContext) {
            all = new Object[arguments.length + 1];
            all[0] = context;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
        }
        return (Object) handle.invokeExact(all);
    }

    ServiceDescription.Method describe(@Nullable String namespace, @Nullable String version) {
        return describe(namespace, version, MethodDoc.of(java));
    }

    private ServiceDescription.Method describe(@Nullable String namespace, @Nullable String version, MethodDoc doc) {
        return new ServiceDescription.Method(
                name,
                namespace,
                version,
                parameters.stream()
                        .map(parameter -> parameter.describe(doc.parameter(parameter.source())))
                        .toList(),
                ValueTypes.of(declaredResult),
                doc.text(),
                doc.result(),
                java != null && java.isAnnotationPresent(Deprecated.class));
    }

    /** With its Java types. */
    ServedMethod served(@Nullable String namespace, @Nullable String version, FailureNames names) {
        MethodDoc doc = MethodDoc.of(java);
        Set<Class<? extends Throwable>> thrown = new LinkedHashSet<>(expected);
        if (java != null) {
            for (Class<?> type : java.getExceptionTypes()) {
                thrown.add(type.asSubclass(Throwable.class));
            }
        }
        // These say nothing: the one is of every waiting method, the others are of every exception.
        thrown.removeAll(Set.of(InterruptedException.class, Exception.class, Throwable.class));
        return new ServedMethod(
                describe(namespace, version, doc),
                parameters.stream().map(MethodParameter::value).toList(),
                new ServedMethod.Value(declaredResult, java == null ? null : java.getAnnotatedReturnType(), false),
                thrown.stream()
                        .map(type -> new ServedMethod.Failure(type, names.name(type), doc.thrown(type)))
                        .toList());
    }

    /** The method with its parameters, such as {@code add(a: integer, b: integer)}. */
    String signature() {
        return name + ArgumentBinder.signature(parameters);
    }

    @Override
    public String toString() {
        return source;
    }
}
