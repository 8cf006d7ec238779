package dev.parley.internal.server;

import dev.parley.Doc;
import dev.parley.ExpectedExceptions;
import dev.parley.Expose;
import dev.parley.Inline;
import dev.parley.RpcContext;
import dev.parley.Serializer;
import dev.parley.ServiceDescription;
import dev.parley.internal.ValueTypes;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** One method of one endpoint object: its handle resolved once, its parameters read once. Thread-safe. */
final class BoundMethod {
    private final String name;
    private final Method method;
    private final MethodHandle handle;
    private final boolean takesContext;
    private final List<MethodParameter> parameters;
    private final Type resultType;
    private final boolean streaming;
    private final List<Class<? extends Throwable>> expected;
    private volatile ArgumentBinder[] binders = {};

    BoundMethod(Object endpoint, Method method) {
        Expose expose = method.getAnnotation(Expose.class);
        this.name = expose == null || expose.value().isEmpty() ? method.getName() : expose.value();
        this.method = method;
        Parameter[] all = method.getParameters();
        this.takesContext = all.length > 0 && all[0].getType() == RpcContext.class;
        this.parameters = new ArrayList<>();
        for (int i = takesContext ? 1 : 0; i < all.length; i++) {
            MethodParameter parameter = MethodParameter.of(all[i]);
            if (parameter.defaultJson() != null) {
                Defaults.check(parameter, name);
            }
            parameters.add(parameter);
        }
        this.handle = handle(endpoint, method, all.length);
        this.streaming = isStream(method.getReturnType());
        this.resultType = resultType(method.getGenericReturnType());
        ExpectedExceptions exceptions = method.getAnnotation(ExpectedExceptions.class);
        this.expected = exceptions == null ? List.of() : List.of(exceptions.value());
    }

    private static MethodHandle handle(Object endpoint, Method method, int count) {
        try {
            method.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            // A public method of an exported package can be called all the same; if it is neither, unreflect tells.
        }
        try {
            return MethodHandles.lookup()
                    .unreflect(method)
                    .bindTo(endpoint)
                    .asFixedArity()
                    .asSpreader(Object[].class, count)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    method + " cannot be called; open its package to dev.parley.core, or make class and method public",
                    e);
        }
    }

    private static boolean isStream(Class<?> type) {
        return BaseStream.class.isAssignableFrom(type)
                || Iterator.class.isAssignableFrom(type)
                || Flow.Publisher.class.isAssignableFrom(type);
    }

    private static Type resultType(Type declared) {
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
        return method.isAnnotationPresent(Inline.class);
    }

    boolean streaming() {
        return streaming;
    }

    Type resultType() {
        return resultType;
    }

    boolean expects(Throwable error) {
        return expected.stream().anyMatch(type -> type.isInstance(error));
    }

    List<MethodParameter> parameters() {
        return parameters;
    }

    /** The values of the wire's arguments in the order of {@link #parameters}. */
    @Nullable
    Object[] bind(
            @Nullable JsonParser parser, ObjectMapper mapper, @Nullable Serializer serializer, RpcContext context) {
        return binder(mapper).bind(parser, serializer, context.values());
    }

    @SuppressWarnings("ReferenceEquality") // A mapper is known by its identity; it has no other.
    private ArgumentBinder binder(ObjectMapper mapper) {
        for (ArgumentBinder binder : binders) {
            if (binder.mapper() == mapper) {
                return binder;
            }
        }
        synchronized (this) {
            ArgumentBinder[] more = new ArgumentBinder[binders.length + 1];
            System.arraycopy(binders, 0, more, 0, binders.length);
            more[binders.length] = new ArgumentBinder(name, parameters, mapper);
            // Kept few: a server has one mapper per address; past that, the oldest goes.
            binders = more.length > 16 ? java.util.Arrays.copyOfRange(more, 1, more.length) : more;
            return more[more.length - 1];
        }
    }

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
        Doc doc = method.getAnnotation(Doc.class);
        return new ServiceDescription.Method(
                name,
                namespace,
                version,
                parameters.stream().map(MethodParameter::describe).toList(),
                ValueTypes.of(method.getGenericReturnType()),
                doc == null ? null : doc.value());
    }

    @Override
    public String toString() {
        return method.toString();
    }
}
