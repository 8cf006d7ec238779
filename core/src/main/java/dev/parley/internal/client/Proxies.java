package dev.parley.internal.client;

import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.CallOptions;
import dev.parley.Expose;
import dev.parley.Idempotent;
import dev.parley.Namespace;
import dev.parley.OneWay;
import dev.parley.Param;
import dev.parley.RpcContext;
import dev.parley.Timeout;
import dev.parley.Version;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Typed proxies: one plan per interface method, made when the proxy is made. */
final class Proxies {
    private Proxies() {}

    private interface Plan {
        @Nullable
        Object run(@Nullable Object[] args);
    }

    @SuppressWarnings("ReferenceEquality") // A proxy is equal to itself only.
    static <T> T of(Class<T> type, TransportClient client) {
        if (!Objects.requireNonNull(type, "type").isInterface()) {
            throw new IllegalArgumentException(type.getName() + " is not an interface");
        }
        Namespace namespace = type.getAnnotation(Namespace.class);
        Version version = type.getAnnotation(Version.class);
        TransportClient target = namespace == null && version == null
                ? client
                : client.prepare(options -> {
                    CallOptions named = namespace == null ? options : options.withNamespace(namespace.value());
                    return version == null ? named : named.withVersion(version.value());
                });
        Map<Method, Plan> plans = new HashMap<>();
        for (Method method : type.getMethods()) {
            if (!method.isDefault() && (method.getModifiers() & java.lang.reflect.Modifier.STATIC) == 0) {
                plans.put(method, plan(method, target));
            }
        }
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            Plan plan = plans.get(method);
            if (plan != null) {
                return plan.run(args == null ? new Object[0] : args);
            } else if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, args);
            }
            return switch (method.getName()) {
                case "equals" -> proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> type.getSimpleName() + " on " + client;
            };
        }));
    }

    private static Plan plan(Method method, TransportClient unbound) {
        TransportClient client = unbound.calling(method);
        Expose expose = method.getAnnotation(Expose.class);
        String name = expose == null || expose.value().isEmpty() ? method.getName() : expose.value();
        boolean named = client.argumentStyle() == ArgumentStyle.NAMED;
        CallOptions options = options(method, client.options());
        Parameter[] parameters = method.getParameters();
        Type result = method.getGenericReturnType();
        Class<?> raw = method.getReturnType();
        if (method.isAnnotationPresent(OneWay.class)) {
            if (raw != void.class) {
                throw new IllegalArgumentException(method + " is @OneWay and must return void");
            }
            return args -> {
                client.castFor(name, args(parameters, args, named), options);
                return null;
            };
        } else if (raw == CompletableFuture.class || raw == CompletionStage.class) {
            Type value = argument(result);
            return args -> client.callAsyncFor(name, value, args(parameters, args, named), options);
        } else if (raw == Stream.class) {
            Type item = argument(result);
            return args -> client.streamFor(name, item, args(parameters, args, named), options);
        } else if (raw == Optional.class) {
            Type value = argument(result);
            return args -> Optional.ofNullable(client.callFor(name, value, args(parameters, args, named), options));
        }
        return args -> client.callFor(name, result, args(parameters, args, named), options);
    }

    private static CallOptions options(Method method, CallOptions ofClient) {
        Timeout timeout = method.getAnnotation(Timeout.class);
        CallOptions options = timeout == null
                ? ofClient
                : ofClient.withTimeout(
                        Duration.of(timeout.value(), timeout.unit().toChronoUnit()));
        return method.isAnnotationPresent(Idempotent.class) ? options.withIdempotent(true) : options;
    }

    private static Type argument(Type generic) {
        return generic instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[0]
                : Object.class;
    }

    /** Leaves out a context parameter, which is the server's, and trailing empty optionals; spreads varargs. */
    private static Args args(Parameter[] parameters, @Nullable Object[] args, boolean named) {
        Map<String, @Nullable Object> byName = new LinkedHashMap<>();
        List<@Nullable Object> byPosition = new ArrayList<>();
        int given = 0;
        for (int i = 0; i < parameters.length; i++) {
            Object value = args[i];
            if (i == 0 && parameters[i].getType() == RpcContext.class) {
                continue;
            }
            boolean absent = value instanceof Optional<?> optional && optional.isEmpty();
            if (value instanceof Optional<?> optional) {
                value = optional.orElse(null);
            }
            if (!absent) {
                Param param = parameters[i].getAnnotation(Param.class);
                byName.put(param == null ? parameters[i].getName() : param.value(), value);
            }
            if (parameters[i].isVarArgs() && value instanceof Object[] rest) {
                byPosition.addAll(Arrays.asList(rest));
            } else {
                byPosition.add(value);
            }
            given = absent ? given : byPosition.size();
        }
        return named ? Args.named(byName) : Args.of(byPosition.subList(0, given).toArray());
    }
}
