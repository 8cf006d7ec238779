package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a listener cannot be built with. */
@SuppressWarnings({"try", "UnusedMethod", "UnusedVariable"
}) // The listeners are never referenced; methods are called by name.
class ListenerSettingsTest {
    private static final String ADDRESS = "memory://settings";

    private static NotificationListener.Builder listener() {
        return NotificationListener.builder(ADDRESS).topics("notifications");
    }

    @Test
    void unusableSettingsAreRefused() {
        assertThatThrownBy(() -> NotificationListener.builder("carrier-pigeon://x"))
                .hasMessageContaining("carrier-pigeon")
                .hasMessageContaining("rabbit");
        assertThatThrownBy(() -> NotificationListener.builder(ADDRESS)
                        .endpoint(new ReceiveBehaviour.Recorder())
                        .build())
                .hasMessageContaining("topic");
        assertThatThrownBy(() -> listener().build()).hasMessageContaining("endpoint");
        assertThatThrownBy(() -> listener().endpoint("text").build())
                .hasMessageContaining("audit, debug, info, warn, error, critical or sample");
        assertThatThrownBy(() -> listener().target(Target.topic("t").withServer("s")))
                .hasMessageContaining("nothing else");
        assertThatThrownBy(() -> listener()
                        .batch(10, Duration.ofMillis(20))
                        .prefetch(5)
                        .endpoint(new ReceiveBehaviour.Recorder())
                        .build())
                .hasMessageContaining("never be full");
        assertThatThrownBy(() -> listener()
                        .batch(10, Duration.ofMillis(20))
                        .endpoint(new ReceiveBehaviour.Recorder())
                        .build())
                .hasMessageContaining("List<Notification<T>>");
        assertThatThrownBy(() -> listener()
                        .batch(10, Duration.ofMillis(20))
                        .on(each -> {})
                        .build())
                .hasMessageContaining("onBatch");
        assertThatThrownBy(() -> listener().onBatch(each -> {}).build()).hasMessageContaining("batch()");
        assertThatThrownBy(() -> listener().allowRequeue(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("longer");
        assertThatThrownBy(() -> listener().allowRequeue(1, Duration.ofMillis(20), Duration.ofDays(8)))
                .hasMessageContaining("from 0 to");
        for (Object endpoint : List.of(
                new Object() {
                    public void warning(Notification<Object> notification) {}
                },
                new Object() {
                    public void info(String text) {}
                },
                new Object() {
                    public int info(Notification<Object> notification) {
                        return 1;
                    }
                },
                new Object() {
                    public void info(Notification<Object> notification) {}

                    public void info(List<Notification<Object>> notifications) {}
                })) {
            assertThatThrownBy(() -> listener().endpoint(endpoint).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("(?s).*(name it warn|five arguments|must return void|two methods).*");
        }
    }
}
