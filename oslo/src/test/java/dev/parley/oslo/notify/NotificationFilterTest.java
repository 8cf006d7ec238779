package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationFilterTest {
    private static boolean matches(NotificationFilter filter, @Nullable Object payload) {
        Map<String, @Nullable Object> context = new HashMap<>();
        context.put("project_id", "shop");
        context.put("roles", Arrays.asList("admin"));
        context.put("user", null);
        return filter.matches(
                context, "compute.host1", "compute.instance.create.end", payload, Map.of("message_id", "m-1"));
    }

    private static NotificationFilter.Builder filter() {
        return NotificationFilter.builder();
    }

    @Test
    void everythingMatchesNoExpression() {
        assertThat(matches(filter().build(), null)).isTrue();
    }

    @Test
    void allExpressionsMustMatch() {
        assertThat(matches(filter().eventType("compute").publisherId("compute").build(), null))
                .isTrue();
        assertThat(matches(filter().eventType("compute").publisherId("network").build(), null))
                .isFalse();
    }

    @Test
    void membersMustBeThereAndBeText() {
        assertThat(matches(filter().context("project_id", "sh").build(), null)).isTrue();
        assertThat(matches(filter().context("project_id", "hop").build(), null)).isFalse();
        assertThat(matches(filter().context("roles", ".*").build(), null)).isFalse();
        assertThat(matches(filter().context("user", ".*").build(), null)).isFalse();
        assertThat(matches(filter().context("nobody", ".*").build(), null)).isFalse();
        assertThat(matches(filter().metadata("message_id", "m-").build(), null)).isTrue();
        assertThat(matches(filter().metadata("timestamp", ".*").build(), null)).isFalse();
        assertThat(matches(filter().payload("state", "active").build(), Map.of("state", "active")))
                .isTrue();
        assertThat(matches(filter().payload("state", "").build(), Map.of("state", 5)))
                .isFalse();
        assertThat(matches(filter().payload("a.b", "x").build(), Map.of("a", Map.of("b", "x"))))
                .isFalse();
        assertThat(matches(filter().payload("state", "").build(), "text")).isFalse();
        assertThat(matches(filter().payload("state", "").build(), null)).isFalse();
    }

    /** Python's answers, by {@code bool(re.match(expression, text))}. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "compute, compute.instance, true",
                "instance, compute.instance, false",
                ".*instance, compute.instance, true",
                "compute$, compute.instance, false",
                "compute\\.instance\\Z, compute.instance, true",
                "(?P<a_b>x)(?P=a_b), xx, true",
                "(?P<a_b>x)(?P=a_b), xy, false",
                "[[]a, [a, true",
                "[a&&b]+$, a&b, true",
                "[]x]+$, ]x], true",
                "[^]]+$, ab, true",
                "[\\w.]+$, compute.instance, true",
                "\\w+$, größe, true",
                "(?i)GRÖSE, gröse, true",
                "(?#note)a, a, true",
                "\"a{,2}$\", aaa, false",
                "\"a{,2}$\", aa, true",
                "[\\b], b, false",
                "a|b, b, true",
                "(?:a|b)+?c, abac, true",
                "(?=.*c)a, abc, true",
                "(?<!x)a, a, true",
            })
    void expressionsArePythons(String expression, String text, boolean expected) {
        NotificationFilter filter = filter().context("v", expression).build();
        assertThat(filter.matches(Map.of("v", text), "", "", null, Map.of())).isEqualTo(expected);
    }

    @Test
    void invalidExpressionsAreRefused() {
        assertThatThrownBy(() -> filter().eventType("(a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'(a'");
        assertThatThrownBy(() -> filter().eventType("(?P<name")).hasMessageContaining("missing >");
        assertThatThrownBy(() -> filter().eventType("a\\")).hasMessageContaining("not a valid regular expression");
        assertThatThrownBy(() -> filter().eventType("(a)?(?(1)b|c)")).hasMessageContaining("conditional");
    }

    @FilterRule(context = "nothing")
    private static final class WithoutEquals {}

    @Test
    void annotationsNeedNamesAndExpressions() {
        FilterRule rule = WithoutEquals.class.getAnnotation(FilterRule.class);
        assertThatThrownBy(() -> NotificationFilter.of(rule)).hasMessageContaining("name=expression");
    }
}
