package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each package depends only on those before it, so that there are no cycles. */
class PackagesTest {
    /** The package that users see is the empty name. */
    private static final List<String> ORDER = List.of(
            "profile",
            "amqp",
            "limit",
            "output",
            "auth",
            "policy",
            "exchange",
            "queue",
            "virtualhost",
            "channel",
            "connection",
            "definitions",
            "management",
            "",
            "junit");

    private static final Path ROOT = Path.of("src/main/java/dev/parley/broker");
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?dev\\.parley\\.broker\\.(?:([a-z]+)\\.)?[A-Z*]");

    @Test
    void haveNoCycles() throws IOException {
        List<String> violations = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file :
                    (Iterable<Path>) files.filter(path -> path.toString().endsWith(".java"))::iterator) {
                String from = ROOT.relativize(file.getParent()).toString();
                assertThat(ORDER).as("packages").contains(from);
                Matcher matcher = IMPORT.matcher(Files.readString(file));
                while (matcher.find()) {
                    String to = matcher.group(1) == null ? "" : matcher.group(1);
                    if (ORDER.indexOf(to) > ORDER.indexOf(from)) {
                        violations.add(file.getFileName() + " of '" + from + "' imports from '" + to + "'");
                    }
                }
            }
        }
        assertThat(violations).isEmpty();
    }
}
