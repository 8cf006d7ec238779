package dev.parley.internal.server;

import dev.parley.Doc;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is written about a method: {@link Doc}, and the Javadoc that the annotation processor of {@code parley-javadoc}
 * keeps beside the class, in {@code META-INF/parley/javadoc/CLASS.properties}. As in Javadoc, a method without a
 * comment of its own has that of the method it overrides. Immutable.
 */
final class MethodDoc {
    private static final Logger log = LoggerFactory.getLogger(MethodDoc.class);
    private static final String INHERITED = "{@inheritDoc}";

    private static final ClassValue<Map<String, String>> TEXTS = new ClassValue<>() {
        @Override
        protected Map<String, String> computeValue(Class<?> type) {
            return read(type);
        }
    };

    private final @Nullable Method method;

    private MethodDoc(@Nullable Method method) {
        this.method = method;
    }

    /** What is written about a method; nothing is for a function. */
    static MethodDoc of(@Nullable Method method) {
        return new MethodDoc(method);
    }

    /** What the method does; {@code null} if nothing is written. */
    @Nullable
    String text() {
        Doc doc = method == null ? null : method.getAnnotation(Doc.class);
        return doc == null ? find("") : doc.value();
    }

    /** What the method returns. */
    @Nullable
    String result() {
        return find("@return");
    }

    /** What a parameter means. */
    @Nullable
    String parameter(String name) {
        return find("@param " + name);
    }

    /** When an exception is thrown. */
    @Nullable
    String thrown(Class<? extends Throwable> type) {
        String text = find("@throws " + type.getCanonicalName());
        return text == null ? find("@throws " + type.getSimpleName()) : text;
    }

    private @Nullable String find(String part) {
        if (method == null) {
            return null;
        }
        String key = method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(MethodDoc::name)
                        .collect(Collectors.joining(",", "(", ")"))
                + part;
        String text = find(method.getDeclaringClass(), key);
        return text == null || text.isBlank() ? null : text;
    }

    /** By the rules of Javadoc: the class itself, its interfaces, and then its superclass. */
    private static @Nullable String find(@Nullable Class<?> type, String key) {
        if (type == null || type == Object.class) {
            return null;
        }
        String own = TEXTS.get(type).get(key);
        if (own != null && !own.contains(INHERITED)) {
            return own;
        }
        String inherited = null;
        for (Class<?> parent : type.getInterfaces()) {
            inherited = inherited == null ? find(parent, key) : inherited;
        }
        inherited = inherited == null ? find(type.getSuperclass(), key) : inherited;
        return own == null
                ? inherited
                : own.replace(INHERITED, inherited == null ? "" : inherited).strip();
    }

    private static String name(Class<?> type) {
        return type.isArray() ? name(type.getComponentType()) + "[]" : type.getName();
    }

    private static Map<String, String> read(Class<?> type) {
        Properties texts = new Properties();
        try (InputStream file =
                type.getResourceAsStream("/META-INF/parley/javadoc/" + type.getName() + ".properties")) {
            if (file != null) {
                texts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("the documentation of {} cannot be read: {}", type.getName(), e.toString());
        }
        return texts.stringPropertyNames().stream().collect(Collectors.toMap(key -> key, texts::getProperty));
    }
}
