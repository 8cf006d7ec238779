package dev.parley.interop.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials of the command names exactly what the command brings along. */
class SbomTest {
    private static final Path TARGET = Path.of("../cli/target");
    private static final Path SBOM = TARGET.resolve("parley-cli-sbom.json");

    /** A build of single modules makes none. */
    @BeforeEach
    void isThere() {
        assumeTrue(Files.exists(SBOM) || "true".equals(System.getenv("CI")), "the command has not been packaged");
    }

    @Test
    void namesEachJarOfTheCommand() throws Exception {
        Set<String> named = new TreeSet<>();
        for (JsonNode component : components()) {
            named.add(component.path("name").asString() + "-"
                    + component.path("version").asString());
        }
        Set<String> jars = new TreeSet<>();
        try (var files = Files.list(TARGET.resolve("lib"))) {
            files.map(file -> file.getFileName().toString())
                    .map(file -> file.replaceFirst("(-linux-(x86_64|aarch_64))?\\.jar$", ""))
                    .forEach(jars::add);
        }

        assertThat(named).isEqualTo(jars);
    }

    @Test
    void saysLicenseAndHashOfEachLibrary() throws Exception {
        for (JsonNode component : components()) {
            assertThat(component.path("licenses"))
                    .as("license of %s", component)
                    .isNotEmpty();
            if (!component.path("group").asString().equals("dev.parley")) {
                assertThat(component.path("hashes").toString())
                        .as("hash of %s", component.path("name"))
                        .contains("SHA-256");
            }
        }
    }

    private static List<JsonNode> components() {
        List<JsonNode> components = new ArrayList<>();
        JsonMapper.shared().readTree(SBOM.toFile()).path("components").forEach(components::add);
        return components;
    }
}
