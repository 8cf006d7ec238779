package dev.parley.javadoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes are compiled with the processor and served. */
class JavadocProcessorTest {
    private static final String CALC = """
            package calc;

            import dev.parley.*;
            import java.util.*;

            /** Of the class. */
            public class Calc implements Api<String> {
                /**
                 * Adds {@code x} to <b>y</b>.
                 * <p>
                 * Never fails, <em>really</em>: see {@link java.util.List its size} &amp; {@link #sub(int, int)}.
                 *
                 * @param x the first,
                 *     on two lines
                 * @param other what is added
                 * @return their sum
                 * @see "no one"
                 */
                public int add(int x, @Param("y") int other) { return x + other; }

                /** Not seen. @param x an example
                 *
                 * @param a seen
                 */
                @Doc("Annotated.") public int sub(int a, int b) { return a - b; }

                /**
                 * Overloaded.
                 *
                 * @throws java.io.IOException if it cannot
                 * @throws IllegalStateException if it must not
                 */
                @ExpectedExceptions(IllegalStateException.class)
                public void sub(Map<String, int[]> map, String[][] texts, Inner inner) throws java.io.IOException {}

                @Override public String inherited(String value) { return value; }

                /** More. {@inheritDoc} */
                @Override public String extended() { return ""; }

                /** Old. @deprecated not a tag here
                 * @deprecated use {@link #add}
                 */
                @Deprecated public void old() {}

                public void silent() {}

                /** Not offered. */
                private void hidden() {}

                /** Nested. */
                public static class Inner {
                    /** {@return the number of the class} */
                    public int number() { return 1; }
                }
            }

            interface Api<T> {
                /** From the interface. @param value not a tag
                 * @param value what it gets
                 */
                T inherited(String value);

                /** To be extended. */
                T extended();
            }
            """;

    @TempDir
    Path folder;

    private void compile(String source, String... options) throws Exception {
        Path file = Files.writeString(folder.resolve("Calc.java"), source);
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> all = new ArrayList<>(List.of("-parameters", "-Xlint:all,-options", "-d", folder.toString()));
        all.addAll(List.of("-classpath", System.getProperty("java.class.path")));
        all.addAll(List.of(options));
        try (var files = javac.getStandardFileManager(null, null, null)) {
            JavaCompiler.CompilationTask task =
                    javac.getTask(messages, files, null, all, null, files.getJavaFileObjects(file));
            if (!all.contains("-processor")) {
                task.setProcessors(List.of(new JavadocProcessor()));
            }
            assertThat(task.call()).as("%s", messages).isTrue();
        }
    }

    private ServiceDescription describe(String name) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Object object = loader.loadClass(name).getConstructor().newInstance();
            return RpcServer.builder().endpoint(object).build().describe();
        }
    }

    private static ServiceDescription.Method method(ServiceDescription service, String name, int parameters) {
        return service.methods().stream()
                .filter(method -> method.name().equals(name)
                        && Objects.requireNonNull(method.parameters()).size() == parameters)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void introspectionShowsWhatTheSourceSays() throws Exception {
        compile(CALC);

        ServiceDescription service = describe("calc.Calc");
        ServiceDescription.Method add = method(service, "add", 2);
        assertThat(add.doc()).isEqualTo("Adds x to y.\n\nNever fails, really: see its size & sub(int, int).");
        assertThat(add.resultDoc()).isEqualTo("their sum");
        assertThat(add.parameters())
                .extracting(ServiceDescription.Parameter::name, ServiceDescription.Parameter::doc)
                .containsExactly(tuple("x", "the first, on two lines"), tuple("y", "what is added"));
        assertThat(method(service, "sub", 3).doc()).isEqualTo("Overloaded.");
        assertThat(method(service, "silent", 0).doc()).isNull();
        assertThat(method(service, "old", 0).doc()).isEqualTo("Old. @deprecated not a tag here\n\nDeprecated: use add");
        assertThat(method(service, "old", 0).deprecated()).isTrue();
    }

    @Test
    void annotationsTakePrecedence() throws Exception {
        compile(CALC);

        ServiceDescription.Method sub = method(describe("calc.Calc"), "sub", 2);
        assertThat(sub.doc()).isEqualTo("Annotated.");
        assertThat(Objects.requireNonNull(sub.parameters()).getFirst().doc()).isEqualTo("seen");
    }

    @Test
    void commentsAreInherited() throws Exception {
        compile(CALC);

        ServiceDescription service = describe("calc.Calc");
        assertThat(method(service, "inherited", 1).doc()).isEqualTo("From the interface. @param value not a tag");
        assertThat(Objects.requireNonNull(method(service, "inherited", 1).parameters())
                        .getFirst()
                        .doc())
                .isEqualTo("what it gets");
        assertThat(method(service, "extended", 0).doc()).isEqualTo("More. To be extended.");
    }

    @Test
    void nestedClassesHaveFilesOfTheirOwn() throws Exception {
        compile(CALC);

        assertThat(kept()).containsExactly("calc.Api.properties", "calc.Calc$Inner.properties", "calc.Calc.properties");
        ServiceDescription.Method number = method(describe("calc.Calc$Inner"), "number", 0);
        assertThat(number.doc()).isEqualTo("Returns the number of the class.");
        assertThat(number.resultDoc()).isEqualTo("the number of the class");
    }

    @Test
    void exceptionsAreKeptByTheirNames() throws Exception {
        compile(CALC);

        assertThat(Files.readString(folder.resolve("META-INF/parley/javadoc/calc.Calc.properties")))
                .contains(
                        "@throws\\ java.io.IOException=if it cannot", "@throws\\ IllegalStateException=if it must not")
                .doesNotContain("#", "hidden");
    }

    @Test
    void theSameSourceMakesTheSameFile() throws Exception {
        compile(CALC);
        byte[] first = Files.readAllBytes(folder.resolve("META-INF/parley/javadoc/calc.Calc.properties"));
        compile(CALC);

        assertThat(folder.resolve("META-INF/parley/javadoc/calc.Calc.properties"))
                .hasBinaryContent(first);
    }

    @Test
    void classesCanBeChosen() throws Exception {
        compile(CALC, "-Aparley.javadoc=other.*, calc.Calc$*");

        assertThat(kept()).containsExactly("calc.Calc$Inner.properties");
    }

    @Test
    void theCompilerFindsItByNameOnTheClassPath() throws Exception {
        compile(CALC, "-processor", "dev.parley.javadoc.JavadocProcessor");

        assertThat(kept()).hasSize(3);
    }

    private List<String> kept() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("META-INF/parley/javadoc"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
