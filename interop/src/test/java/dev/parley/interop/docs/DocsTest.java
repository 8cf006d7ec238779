package dev.parley.interop.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java samples of the README and of every page are compiled and run, and no link leads nowhere. */
class DocsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)");

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.builder().managementPort(0).start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    static List<Path> pages() throws Exception {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    @Timeout(60)
    void samplesRunAsWritten(Path file, @TempDir Path folder) throws Exception {
        Page page = Page.read(file, broker);
        if (!page.hasCode()) {
            return;
        }
        Page readme = Page.read(ROOT.resolve("README.md"), broker);
        Path source = Files.writeString(folder.resolve("Sample.java"), page.source(readme));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of(
                                    "-parameters",
                                    "-d",
                                    folder.toString(),
                                    "-classpath",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as("%s%n%s", messages, page.source(readme)).isTrue();
        }
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> sample = loader.loadClass("Sample");
            for (int i = 0; i < page.sections().size(); i++) {
                sample.getMethod("section" + i).invoke(null);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path file) throws Exception {
        LINK.matcher(Files.readString(file))
                .results()
                .map(link -> link.group(1))
                .forEach(link -> assertThat(file.resolveSibling(link)).exists());
    }
}
