package dev.parley.oslo.notify.bridge.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramNameTest {
    @ParameterizedTest
    @CsvSource({
        "shop.Main --password hush, Main",
        "Main, Main",
        "/opt/lib/shop-1.2.jar --port 80, shop-1.2.jar",
        "C:\\lib\\shop.jar, shop.jar",
        "shop.web/shop.Main, Main",
        "'', java"
    })
    void itIsTheMainClassOrTheJar(String command, String name) {
        assertThat(ProgramName.of(command)).isEqualTo(name);
    }
}
