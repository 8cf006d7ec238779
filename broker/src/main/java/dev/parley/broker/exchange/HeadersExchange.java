package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.ReplyCode;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes by headers: all or any ({@code x-match}) of those in the arguments of a binding. Thread-safe as
 * {@link Exchange} is.
 */
final class HeadersExchange extends Exchange {
    HeadersExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.HEADERS, settings);
    }

    /** Rejects an {@code x-match} that RabbitMQ does not know. */
    @Override
    void check(Binding binding) {
        Map<String, @Nullable Object> arguments = binding.arguments();
        if (arguments.containsKey("x-match")) {
            Object match = arguments.get("x-match");
            if (!(match instanceof String text)) {
                throw new AmqpException(
                        ReplyCode.PRECONDITION_FAILED,
                        "Invalid x-match field type %s (value %s); expected longstr"
                                .formatted(FieldTypes.name(match), match));
            }
            if (!text.matches("(all|any)(-with-x)?")) {
                throw new AmqpException(
                        ReplyCode.PRECONDITION_FAILED,
                        "Invalid x-match field value %s; expected all, any, all-with-x, or any-with-x"
                                .formatted("<<\"" + text + "\">>"));
            }
        }
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        Map<String, @Nullable Object> headers = header.headers();
        for (Binding binding : bindings()) {
            if (matches(binding.arguments(), headers)) {
                found.accept(binding.destination());
            }
        }
    }

    private static boolean matches(Map<String, @Nullable Object> wanted, Map<String, @Nullable Object> headers) {
        String match = wanted.get("x-match") instanceof String text ? text : "all";
        boolean all = match.startsWith("all");
        boolean withX = match.endsWith("-with-x");
        for (var entry : wanted.entrySet()) {
            String name = entry.getKey();
            if (name.equals("x-match") || (name.startsWith("x-") && !withX)) {
                continue;
            }
            // A void in the binding requires only that the header is present.
            boolean same = headers.containsKey(name)
                    && (entry.getValue() == null || same(entry.getValue(), headers.get(name)));
            if (same != all) {
                return same;
            }
        }
        return all;
    }

    private static boolean same(@Nullable Object wanted, @Nullable Object got) {
        if (wanted instanceof byte[] a && got instanceof byte[] b) {
            return Arrays.equals(a, b);
        }
        if (FieldTypes.isInteger(wanted) && FieldTypes.isInteger(got)) {
            return ((Number) Objects.requireNonNull(wanted)).longValue()
                    == ((Number) Objects.requireNonNull(got)).longValue();
        }
        return Objects.equals(wanted, got);
    }
}
