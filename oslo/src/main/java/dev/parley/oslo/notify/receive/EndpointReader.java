package dev.parley.oslo.notify.receive;

import dev.parley.oslo.notify.FilterRule;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationFilter;
import dev.parley.oslo.notify.NotificationResult;
import dev.parley.oslo.notify.Priority;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/** Finds the methods of endpoints that are named like priorities. Immutable. */
final class EndpointReader {
    private static final int FIVE = 5;
    private static final JavaType OBJECT = TypeFactory.unknownType();

    private final TypeFactory types;
    private final boolean batch;

    /**
     * A reader.
     *
     * @param batch whether methods take a list of notifications
     */
    EndpointReader(TypeFactory types, boolean batch) {
        this.types = types;
        this.batch = batch;
    }

    /**
     * The handlers of an endpoint.
     *
     * @param given takes the place of the {@link FilterRule} on its class, {@code null} for that
     * @throws IllegalArgumentException if it has no method of a priority, or one that is unusable
     */
    Map<Priority, Handler> read(Object endpoint, @Nullable NotificationFilter given) {
        Class<?> type = endpoint.getClass();
        FilterRule rule = type.getAnnotation(FilterRule.class);
        NotificationFilter filter = given != null ? given : rule == null ? null : NotificationFilter.of(rule);
        Map<Priority, Handler> handlers = new EnumMap<>(Priority.class);
        Map<Priority, Method> found = new EnumMap<>(Priority.class);
        for (Method method : type.getMethods()) {
            Priority priority = Priority.of(method.getName());
            int modifiers = method.getModifiers();
            if (priority == null || method.isBridge() || Modifier.isStatic(modifiers)) {
                continue;
            }
            if (!method.getName().equals(priority.key())) {
                throw new IllegalArgumentException(method + " would never be called: name it " + priority.key());
            }
            Method other = found.putIfAbsent(priority, method);
            if (other != null) {
                throw new IllegalArgumentException(type.getName() + " has two methods for " + priority.key()
                        + " notifications: " + other + " and " + method);
            }
            handlers.put(priority, handler(endpoint, method, filter));
        }
        if (handlers.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has no public method named like a priority: "
                    + "audit, debug, info, warn, error, critical or sample");
        }
        return handlers;
    }

    /** A function as a handler, which gets the payload as the value mapping reads it without a type. */
    static Handler function(@Nullable NotificationFilter filter, Consumer<Notification<Object>> function) {
        return new Handler("function", filter, EndpointReader::untyped, bound -> {
            @SuppressWarnings("unchecked") // Made by untyped.
            Notification<Object> notification = (Notification<Object>) bound.getFirst();
            function.accept(notification);
            return null;
        });
    }

    /** A function for batches as a handler. */
    static Handler batchFunction(Consumer<List<Notification<Object>>> function) {
        return new Handler("function", null, EndpointReader::untyped, bound -> {
            List<Notification<Object>> notifications = new ArrayList<>(bound.size());
            for (Object each : bound) {
                @SuppressWarnings("unchecked") // Made by untyped.
                Notification<Object> notification = (Notification<Object>) each;
                notifications.add(notification);
            }
            function.accept(notifications);
            return null;
        });
    }

    private static Notification<?> untyped(Event event) {
        return event.notification(OBJECT);
    }

    private Handler handler(Object endpoint, Method method, @Nullable NotificationFilter filter) {
        checkResult(method);
        JavaType owner = types.constructType(endpoint.getClass()).findSuperType(method.getDeclaringClass());
        List<JavaType> parameters = new ArrayList<>();
        for (var parameter : method.getGenericParameterTypes()) {
            parameters.add(types.resolveMemberType(parameter, owner.getBindings()));
        }
        MethodHandle handle = handle(endpoint, method)
                .asSpreader(Object[].class, parameters.size())
                .asType(MethodType.methodType(Object.class, Object[].class));
        Handler.Binding binding = binding(method, parameters);
        Handler.Invocation invocation;
        if (batch) {
            invocation = bound -> (Object) handle.invokeExact(new Object[] {bound});
        } else if (parameters.size() == FIVE) {
            invocation = bound -> (Object) handle.invokeExact((Object[]) bound.getFirst());
        } else {
            invocation = bound -> (Object) handle.invokeExact(new Object[] {bound.getFirst()});
        }
        String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        return new Handler(name, filter, binding, invocation);
    }

    private Handler.Binding binding(Method method, List<JavaType> parameters) {
        if (batch) {
            if (parameters.size() == 1 && parameters.getFirst().hasRawClass(List.class)) {
                JavaType element = parameters.getFirst().containedTypeOrUnknown(0);
                if (element.hasRawClass(Notification.class)) {
                    JavaType payload = element.containedTypeOrUnknown(0);
                    return event -> event.notification(payload);
                } else if (element.hasRawClass(Map.class) || element.isJavaLangObject()) {
                    return EndpointReader::dictionary;
                }
            }
            throw new IllegalArgumentException(
                    method + " must take a List<Notification<T>>, or a List<Map<String, Object>> as in oslo.messaging");
        }
        if (parameters.size() == 1 && parameters.getFirst().hasRawClass(Notification.class)) {
            JavaType payload = parameters.getFirst().containedTypeOrUnknown(0);
            return event -> event.notification(payload);
        }
        if (parameters.size() == FIVE
                && isText(parameters.get(1))
                && isText(parameters.get(2))
                && (parameters.get(4).hasRawClass(Map.class)
                        || parameters.get(4).isJavaLangObject())) {
            JavaType context = parameters.get(0);
            JavaType payload = parameters.get(3);
            return event -> new @Nullable Object[] {
                event.context(context), event.publisherId(), event.eventType(), event.payload(payload), event.metadata()
            };
        }
        throw new IllegalArgumentException(method + " must take a Notification<T>, or five arguments:"
                + " Map<String, Object> context, String publisherId, String eventType, T payload,"
                + " Map<String, Object> metadata");
    }

    private static boolean isText(JavaType type) {
        return type.hasRawClass(String.class) || type.hasRawClass(CharSequence.class) || type.isJavaLangObject();
    }

    /** A notification of a batch as oslo.messaging's batch listener gives it to an endpoint. */
    private static Map<String, @Nullable Object> dictionary(Event event) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("ctxt", event.context());
        values.put("publisher_id", event.publisherId());
        values.put("event_type", event.eventType());
        values.put("payload", event.payload());
        values.put("metadata", event.metadata());
        return values;
    }

    private static void checkResult(Method method) {
        Class<?> result = method.getReturnType();
        if (result != void.class
                && result != Void.class
                && result != Object.class
                && result != NotificationResult.class
                && !CompletionStage.class.isAssignableFrom(result)) {
            throw new IllegalArgumentException(
                    method + " must return void, a NotificationResult, or a CompletionStage of one");
        }
    }

    private static MethodHandle handle(Object endpoint, Method method) {
        try {
            method.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            // A public method of an exported package is accessible all the same; if not, the lookup below fails.
        }
        try {
            return MethodHandles.lookup().unreflect(method).bindTo(endpoint).asFixedArity();
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    method + " is not accessible: open its package to dev.parley.oslo, or make class and method public",
                    e);
        }
    }
}
