package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RpcServer;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointLoaderTest {
    @TempDir
    Path folder;

    /** A nested class that can be named in both ways. */
    public static final class Nested {
        public String where() {
            return "nested";
        }
    }

    /** Needs an outer object. */
    @SuppressWarnings("ClassCanBeStatic")
    public final class Inner {}

    /** Cannot be made. */
    public static final class Failing {
        public Failing() {
            throw new IllegalStateException("no database");
        }
    }

    private String source(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static Object load(String classOrFile) {
        return new EndpointLoader(null).load(classOrFile);
    }

    private static Object call(Object object, String method) throws Exception {
        var found = object.getClass().getMethod(method);
        found.setAccessible(true);
        return found.invoke(object);
    }

    @Test
    void aSourceFileWithoutPackageIsCompiledWithItsNestedClassesAndParameterNames() throws Exception {
        Object calc = load(source("Calc.java", """
                import java.util.*;

                class Helper { static int twice(int x) { return 2 * x; } }

                public class Calc {
                    record Point(int x, int y) {}
                    public int six() { return Helper.twice(new Point(1, 2).x() + 2); }
                    public int add(int left, int right) { Comparator<Integer> c = new Comparator<>() {
                        public int compare(Integer a, Integer b) { return 0; } }; return left + right; }
                }
                """));

        assertThat(calc.getClass().getName()).isEqualTo("Calc");
        assertThat(call(calc, "six")).isEqualTo(6);
        assertThat(calc.getClass()
                        .getMethod("add", int.class, int.class)
                        .getParameters()[1]
                        .getName())
                .isEqualTo("right");
    }

    @Test
    void withoutAClassOfTheFilesNameTheFirstIsTaken() throws Exception {
        Object first = load(source(
                "calc.java", "package some.where; class First { public int one() { return 1; } } class Second {}"));

        assertThat(first.getClass().getName()).isEqualTo("some.where.First");
        assertThat(call(first, "one")).isEqualTo(1);
    }

    @Test
    void docCommentsBecomeWhatIntrospectionShows() throws Exception {
        Object calc = load(source("Calc.java", """
                /** Of the class. */
                public class Calc {
                    /**
                     * Adds {@code x} to <b>y</b>, "exactly" as C:\\new does.
                     *
                     * @param x one
                     * @return the sum
                     */
                    public int add(int x, int y) { return x + y; }

                    /** Not seen. */
                    @dev.parley.Doc("Annotated.") public int sub(int x, int y) { return x - y; }

                    /** Not offered. */
                    private void hidden() {}
                }
                """));

        assertThat(RpcServer.builder().endpoint(calc).build().describe().methods())
                .extracting(method -> method.signature() + " " + method.doc() + " " + method.resultDoc())
                .containsExactly(
                        "add(x: integer, y: integer) -> integer Adds x to y, \"exactly\" as C:\\new does. the sum",
                        "sub(x: integer, y: integer) -> integer Annotated. null");
    }

    @Test
    void compileErrorsAreShownAsTheCompilerDoes() throws Exception {
        String file = source("Broken.java", """
                public class Broken {
                    /** Has a doc comment. */ public int add(int x) { return "x"; }
                    public Missing other() { return null; }
                }
                """);

        assertThatThrownBy(() -> load(file)).isInstanceOfSatisfying(CommandException.class, error -> {
            assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(error).hasMessage(file + " does not compile");
            assertThat(String.join("\n", error.details()))
                    .contains(file + ":2: error: incompatible types: ")
                    .contains("    /** Has a doc comment. */ public int add(int x) { return \"x\"; }")
                    .contains(file + ":3: error: cannot find symbol")
                    .doesNotContain("dev.parley");
        });
    }

    @Test
    void syntaxErrorsAreShownOnce() throws Exception {
        String file = source("Broken.java", "public class Broken { public int add( }\n");

        assertThatThrownBy(() -> load(file))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        error -> assertThat(error.details())
                                .isNotEmpty()
                                .doesNotHaveDuplicates()
                                .allMatch(line -> line.startsWith(file + ":1: error: ")));
    }

    @Test
    void nestedClassesHaveADotOrADollar() throws Exception {
        assertThat(call(load("dev.parley.cli.EndpointLoaderTest.Nested"), "where"))
                .isEqualTo("nested");
        assertThat(call(load("dev.parley.cli.EndpointLoaderTest$Nested"), "where"))
                .isEqualTo("nested");
    }

    @Test
    void aClassInAJarIsFoundByTheClassPathAndUsedBySources() throws Exception {
        Path jar = folder.resolve("lib with blanks.jar");
        Path source = folder.resolve("InJar.java");
        Files.writeString(source, "package lib; public class InJar { public String where() { return \"jar\"; } }");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", folder.toString(), source.toString()))
                .isZero();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file)) {
            entries.putNextEntry(new JarEntry("lib/InJar.class"));
            Files.copy(folder.resolve("lib/InJar.class"), entries);
        }
        EndpointLoader loader = new EndpointLoader(jar.toString());

        assertThat(call(loader.load("lib.InJar"), "where")).isEqualTo("jar");
        Object user = loader.load(source("User.java", "public class User extends lib.InJar {}"));
        assertThat(call(user, "where")).isEqualTo("jar");
    }

    @Test
    void aClassIsServedByItsStaticMethodsIfItHasNoObjectsToServe() throws Exception {
        assertThat(load("java.lang.Math")).isSameAs(Math.class);
        assertThat(load("java.lang.Integer")).isSameAs(Integer.class);
        assertThat(load(source("Util.java", "public class Util { public static int one() { return 1; } }")))
                .isInstanceOf(Class.class);
        assertThat(load(source("Both.java", """
                public class Both { public static int one() { return 1; } public int two() { return 2; } }
                """))).isNotInstanceOf(Class.class);
    }

    @Test
    void whatCannotBeServedIsToldClearly() throws Exception {
        String missing = folder.resolve("None.java").toString();
        List<List<String>> cases = List.of(
                List.of("com.example.None", "there is no class com.example.None"),
                List.of(missing, "there is no file " + missing),
                List.of("java.lang.Runnable", "java.lang.Runnable is an interface or abstract"),
                List.of("dev.parley.cli.EndpointLoaderTest.Inner", "is an inner class: make it static"),
                List.of("java.util.StringTokenizer", "java.util.StringTokenizer has no constructor without parameters"),
                List.of("dev.parley.cli.EndpointLoaderTest.Failing", "IllegalStateException: no database"),
                List.of(source("Empty.java", "// nothing\n"), "declares no class"));
        for (List<String> one : cases) {
            assertThatThrownBy(() -> load(one.getFirst()))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining(one.getLast());
        }
        assertThatThrownBy(() -> new EndpointLoader("/nowhere/x.jar"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("there is no /nowhere/x.jar");
    }
}
