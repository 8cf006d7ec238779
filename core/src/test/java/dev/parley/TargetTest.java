package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void textListsWhatIsSet() {
        assertThat(Target.topic("test").server("one").version("2.0"))
                .hasToString("<Target topic=test, version=2.0, server=one>");
        assertThat(Target.none()).hasToString("<Target>");
    }

    @Test
    void aVersionIsMajorMinor() {
        assertThatThrownBy(() -> Target.none().version("two"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("major.minor");
    }

    @Test
    void onlyNamespaceAndVersionGoWithoutABroker() {
        assertThat(Target.namespace("math").version("1.0").needsBroker()).isFalse();
        assertThat(Target.topic("t").needsBroker()).isTrue();
        assertThat(Target.none().toAll().needsBroker()).isTrue();
    }

    @Test
    void optionsOverrideOneThingEach() {
        CallOptions options = CallOptions.defaults()
                .topic("t")
                .timeout(Duration.ofSeconds(5))
                .context(Map.of("user", "ann"))
                .fanout();

        assertThat(options.target()).isEqualTo(Target.topic("t").toAll());
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.context()).containsEntry("user", "ann");
        assertThatThrownBy(() -> CallOptions.defaults().timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
