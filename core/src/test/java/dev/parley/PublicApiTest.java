package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules that every public type of the API keeps to. */
class PublicApiTest {
    private static List<Class<?>> types() throws Exception {
        Path classes = Path.of(RpcClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes.resolve("dev/parley"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    types.add(Class.forName("dev.parley." + name));
                }
            }
        }
        return types.stream()
                .filter(type -> Modifier.isPublic(type.getModifiers()))
                .toList();
    }

    @Test
    void noSignatureMentionsTheSpiOrInternals() throws Exception {
        List<String> found = new ArrayList<>();
        for (Class<?> type : types()) {
            List<Type> mentioned = new ArrayList<>();
            for (Method method : type.getDeclaredMethods()) {
                if (isApi(method)) {
                    mentioned.add(method.getGenericReturnType());
                    mentioned.addAll(Arrays.asList(method.getGenericParameterTypes()));
                }
            }
            for (Executable constructor : type.getDeclaredConstructors()) {
                if (isApi(constructor)) {
                    mentioned.addAll(Arrays.asList(constructor.getGenericParameterTypes()));
                }
            }
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isPublic(field.getModifiers())) {
                    mentioned.add(field.getGenericType());
                }
            }
            mentioned.stream()
                    .map(Type::getTypeName)
                    .filter(name -> name.contains("dev.parley.spi") || name.contains("dev.parley.internal"))
                    .forEach(name -> found.add(type.getName() + " mentions " + name));
        }
        assertThat(found).isEmpty();
    }

    private static boolean isApi(Executable member) {
        return Modifier.isPublic(member.getModifiers()) && !member.isSynthetic();
    }

    @Test
    void optionsAndLimitsAreNotRecords() throws Exception {
        assertThat(types())
                .filteredOn(type -> type.getSimpleName().matches(".*(Options|Limits)|Target"))
                .hasSizeGreaterThan(2)
                .noneMatch(Class::isRecord);
    }

    @Test
    void everyErrorHasCodeAndData() throws IOException {
        RpcException error = new AccessDeniedException("no", 7, List.of("x"));
        assertThat(error.code()).isEqualTo(7);
        assertThat(error.data()).isEqualTo(List.of("x"));
        assertThat(new AccessDeniedException("no").code()).isNull();
    }
}
