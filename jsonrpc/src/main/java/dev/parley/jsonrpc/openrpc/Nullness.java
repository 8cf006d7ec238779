package dev.parley.jsonrpc.openrpc;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;

/** What annotations say about null: any that is called {@code Nullable}, and JSpecify's marks of a scope. Stateless. */
final class Nullness {
    private Nullness() {}

    /** Whether null is declared to be a value of the type. */
    static boolean nullable(@Nullable AnnotatedType type) {
        return type != null
                && Arrays.stream(type.getAnnotations())
                        .anyMatch(one -> one.annotationType().getSimpleName().equals("Nullable"));
    }

    /** Whether types without an annotation are never null within a class. */
    static boolean marked(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
            if (each.isAnnotationPresent(NullUnmarked.class)) {
                return false;
            } else if (each.isAnnotationPresent(NullMarked.class)) {
                return true;
            }
        }
        Package own = type.getPackage();
        return own != null && own.isAnnotationPresent(NullMarked.class)
                || type.getModule().isAnnotationPresent(NullMarked.class);
    }

    /** The type of a property as it is declared; {@code null} if there is no declaration. */
    static @Nullable AnnotatedType of(@Nullable AnnotatedMember member) {
        if (member instanceof AnnotatedParameter parameter) {
            return parameter.getOwner().getAnnotated() instanceof Executable owner
                    ? at(owner.getAnnotatedParameterTypes(), parameter.getIndex())
                    : null;
        }
        return switch (member == null ? null : member.getMember()) {
            case Field field -> field.getAnnotatedType();
            case Method method when method.getParameterCount() == 0 -> method.getAnnotatedReturnType();
            case Method method -> at(method.getAnnotatedParameterTypes(), method.getParameterCount() - 1);
            case Constructor<?> constructor -> at(constructor.getAnnotatedParameterTypes(), 0);
            case null, default -> null;
        };
    }

    private static @Nullable AnnotatedType at(AnnotatedType[] types, int index) {
        return index < types.length ? types[index] : null;
    }

    /** The declaration of what a container holds: the items of an array or list, the values of a map, an optional's. */
    static @Nullable AnnotatedType content(JavaType container, @Nullable AnnotatedType declared) {
        if (declared instanceof AnnotatedArrayType array) {
            return array.getAnnotatedGenericComponentType();
        }
        if (declared instanceof AnnotatedParameterizedType generic) {
            AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
            // A class that extends a container may have arguments of another meaning.
            return arguments.length == container.containedTypeCount() && arguments.length > 0
                    ? arguments[arguments.length - 1]
                    : null;
        }
        return null;
    }
}
