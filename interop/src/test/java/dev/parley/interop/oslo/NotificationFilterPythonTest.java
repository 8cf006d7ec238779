package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.oslo.notify.NotificationFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Filters decide as Python's do, expression by expression. */
@NeedsPeer(Peer.OSLO_MESSAGING)
class NotificationFilterPythonTest {
    private static final List<String> EXPRESSIONS = List.of(
            "compute",
            "instance",
            ".*instance",
            "^compute\\.instance$",
            "compute.instance\\Z",
            "[^.]+$",
            "[\\w.]+$",
            "\\w+$",
            "\\d+$",
            "(?i)COMPUTE",
            "(?i)GRÖSE",
            "(?P<first_letter>.).*(?P=first_letter)$",
            "(?#comment)compute",
            ".{,4}$",
            "[[]",
            "[]x]+$",
            "[a&&b]+$",
            "[a-c[d]",
            "a|b",
            "(?:a|b)+?c",
            "(?=.*stance)c",
            "(?!compute)",
            "\\bcompute\\b",
            "[\\b]",
            "\\s",
            "a.b$",
            "a$",
            "\\$x",
            "");
    private static final List<String> TEXTS = List.of(
            "compute.instance",
            "compute.instance.create.end",
            "compute",
            "größe",
            "gröse",
            "١٢٣",
            "123",
            "abca",
            "abba",
            "ab",
            "a&b",
            "[d]",
            "]x]",
            "a\n",
            "a\nb",
            "a\r",
            "a\u2028b",
            "b",
            "\u00a0",
            "$x",
            "");

    private static Map<String, @Nullable Object> notification(String text) {
        Map<String, @Nullable Object> payload = new HashMap<>();
        payload.put("text", text);
        payload.put("number", 5);
        payload.put("null", null);
        payload.put("nested", Map.of("text", text));
        return Map.of(
                "context", Map.of("text", text),
                "publisher_id", text,
                "event_type", text,
                "metadata", Map.of("message_id", text),
                "payload", payload);
    }

    private static void compare(PeerProcess python, Map<String, Object> rule, NotificationFilter filter, String text) {
        Map<String, @Nullable Object> notification = notification(text);
        JsonNode answer = python.call(Map.of("rule", rule, "notification", notification));
        assertThat(answer.has("ok")).as("%s: %s", rule, answer).isTrue();
        boolean expected = answer.path("ok").asBoolean();
        assertThat(filter.matches(
                        Map.of("text", text), text, text, notification.get("payload"), Map.of("message_id", text)))
                .as("%s of '%s'", rule, text)
                .isEqualTo(expected);
    }

    @Test
    void expressionsDecideAsInPython() {
        try (PeerProcess python = PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_filter.py")) {
            for (String expression : EXPRESSIONS) {
                NotificationFilter filter =
                        NotificationFilter.builder().eventType(expression).build();
                for (String text : TEXTS) {
                    compare(python, Map.of("event_type", expression), filter, text);
                }
            }
        }
    }

    @Test
    void partsDecideAsInPython() {
        try (PeerProcess python = PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_filter.py")) {
            for (String text : List.of("ab", "b")) {
                compare(
                        python,
                        Map.of("publisher_id", "a"),
                        NotificationFilter.builder().publisherId("a").build(),
                        text);
                compare(
                        python,
                        Map.of("metadata", Map.of("message_id", "a")),
                        NotificationFilter.builder().metadata("message_id", "a").build(),
                        text);
                compare(
                        python,
                        Map.of("context", Map.of("text", "a"), "event_type", "."),
                        NotificationFilter.builder()
                                .context("text", "a")
                                .eventType(".")
                                .build(),
                        text);
                for (String member : List.of("text", "number", "null", "nested", "missing")) {
                    compare(
                            python,
                            Map.of("payload", Map.of(member, "a")),
                            NotificationFilter.builder().payload(member, "a").build(),
                            text);
                }
            }
        }
    }
}
