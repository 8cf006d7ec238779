package dev.parley.interop.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The published modules are good on the module path too: they resolve together, and each wire is found there. */
class ModulesTest {
    private static final Set<String> PUBLISHED = Set.of(
            "dev.parley.core",
            "dev.parley.javadoc",
            "dev.parley.net",
            "dev.parley.xmlrpc",
            "dev.parley.jsonrpc",
            "dev.parley.zmtp",
            "dev.parley.zerorpc",
            "dev.parley.oslo",
            "dev.parley.jwt",
            "dev.parley.kafka",
            "dev.parley.broker");

    @Test
    void everyModuleResolvesAndOffersItsWire() throws Exception {
        Path[] path = Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .map(Path::of)
                .filter(entry ->
                        !entry.endsWith("test-classes") && !entry.toString().endsWith("-tests.jar"))
                // Test libraries, which bring modules of the same packages, and libraries split over jars, which no
                // parley module needs.
                .filter(entry -> PUBLISHED_OR_NEEDED.matcher(entry.toString()).find())
                .toArray(Path[]::new);
        Configuration configuration =
                ModuleLayer.boot().configuration().resolve(ModuleFinder.of(path), ModuleFinder.ofSystem(), PUBLISHED);
        ModuleLayer layer = ModuleLayer.defineModulesWithOneLoader(
                        configuration, List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader())
                .layer();

        Class<?> wire = layer.findLoader("dev.parley.core").loadClass("dev.parley.spi.Wire");
        // This module declares no use of the service, so the loader is asked from within the core.
        assertThat(providers(layer, "dev.parley.spi.Wire"))
                .contains("dev.parley.xmlrpc", "dev.parley.jsonrpc", "dev.parley.zerorpc", "dev.parley.oslo");
        assertThat(providers(layer, "dev.parley.oslo.notify.spi.NotificationWire"))
                .containsExactlyInAnyOrder("dev.parley.oslo", "dev.parley.kafka");
        assertThat(wire.getModule().getName()).isEqualTo("dev.parley.core");
        assertThat(ServiceLoader.load(dev.parley.spi.Wire.class)).hasSizeGreaterThanOrEqualTo(4);
    }

    private static final java.util.regex.Pattern PUBLISHED_OR_NEEDED = java.util.regex.Pattern.compile(
            "parley|(core|javadoc|net|xmlrpc|jsonrpc|zmtp|zerorpc|oslo|kafka|jwt|broker)/target/classes"
                    + "|jspecify|jackson|slf4j-api|netty|aalto|stax2|msgpack|amqp-client"
                    + "|h2-mvstore|snakeyaml-engine|kafka-clients|nimbus-jose-jwt|bcprov");

    private static Set<String> providers(ModuleLayer layer, String service) {
        return layer.modules().stream()
                .filter(module -> module.getDescriptor().provides().stream()
                        .anyMatch(provides -> provides.service().equals(service)))
                .map(Module::getName)
                .collect(Collectors.toSet());
    }
}
