package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void textListsWhatIsSet() {
        assertThat(Target.topic("test").withServer("one").withVersion("2.0"))
                .hasToString("<Target topic=test, version=2.0, server=one>");
        assertThat(Target.none()).hasToString("<Target>");
    }

    @Test
    void aVersionIsMajorMinor() {
        assertThatThrownBy(() -> Target.none().withVersion("two"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("major.minor");
    }

    @Test
    void onlyNamespaceAndVersionGoWithoutABroker() {
        assertThat(Target.namespace("math").withVersion("1.0").needsBroker()).isFalse();
        assertThat(Target.topic("t").needsBroker()).isTrue();
        assertThat(Target.none().withFanout(true).needsBroker()).isTrue();
    }

    @Test
    void everyPartCanBeUnset() {
        Target all = Target.topic("t")
                .withExchange("e")
                .withNamespace("n")
                .withVersion("1.0")
                .withServer("s")
                .withFanout(true);

        assertThat(all.withExchange(null)
                        .withTopic(null)
                        .withNamespace(null)
                        .withVersion(null)
                        .withServer(null)
                        .withFanout(false))
                .isEqualTo(Target.none());
    }

    @Test
    void theNullNamespaceMayBeALegacyOne() {
        Target target = Target.namespace("new").withLegacyNamespaces("old", null);

        assertThat(target.legacyNamespaces()).containsExactly("old", null);
        assertThat(Target.none().withLegacyNamespaces((String) null).legacyNamespaces())
                .containsExactly((String) null);
        assertThat(Target.none().withLegacyNamespaces((String[]) null).legacyNamespaces())
                .containsExactly((String) null);
    }
}
