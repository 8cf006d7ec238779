package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages of this module know each other in one direction only. */
class PackagesTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/parley/oslo");
    private static final Pattern USE = Pattern.compile("^import dev\\.parley\\.oslo\\.([a-z.]*)\\.?[A-Z]\\w*;$");

    /** Each package may only use those before it. */
    private static final List<String> ORDER = List.of(
            "topology",
            "message",
            "driver",
            "options",
            "config",
            "driver.memory",
            "driver.rabbit",
            "rpc",
            "notify.spi",
            "notify.amqp",
            "notify.send",
            "notify.receive",
            "notify",
            "notify.bridge.log",
            "notify.bridge",
            "admin",
            "");

    private static Map<String, Set<String>> uses() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(SOURCES)) {
            files = all.filter(file -> file.toString().endsWith(".java")).toList();
        }
        for (Path file : files) {
            String own = SOURCES.relativize(file.getParent()).toString().replace('/', '.');
            Set<String> used = uses.computeIfAbsent(own, name -> new TreeSet<>());
            for (String line : Files.readAllLines(file)) {
                Matcher use = USE.matcher(line);
                // The call options, the settings, and the API of notifications in its own packages, are words that all
                // may know.
                boolean word = line.endsWith(".OsloCallOptions;")
                        || line.endsWith(".NotificationSettings;")
                        || own.startsWith("notify") && line.matches("import dev\\.parley\\.oslo\\.notify\\.[A-Z]\\w*;");
                if (use.matches() && !word) {
                    used.add(use.group(1).replaceAll("\\.$", ""));
                }
            }
        }
        return uses;
    }

    @Test
    void noPackageUsesALaterOne() throws IOException {
        uses().forEach((name, used) -> assertThat(ORDER.subList(0, ORDER.indexOf(name)))
                .as("what package '%s' may use", name)
                .containsAll(used));
    }

    @Test
    void messagesAndTopologyKnowNoDriver() throws IOException {
        Map<String, Set<String>> uses = uses();
        assertThat(uses.get("topology")).isEmpty();
        assertThat(uses.get("message")).containsExactly("topology");
        assertThat(uses.get("driver")).containsExactly("message", "topology");
        assertThat(uses.get("rpc")).contains("driver").doesNotContain("driver.rabbit", "driver.memory");
    }
}
