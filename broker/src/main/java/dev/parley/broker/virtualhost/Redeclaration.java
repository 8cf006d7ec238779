package dev.parley.broker.virtualhost;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueArguments;
import dev.parley.broker.queue.QueueSettings;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares a declaration with the queue or exchange that exists under its name, as RabbitMQ does. A difference throws
 * {@link AmqpException} with {@link ReplyCode#PRECONDITION_FAILED} and RabbitMQ's text. Stateless.
 */
final class Redeclaration {
    private Redeclaration() {}

    static void check(MessageQueue queue, QueueSettings received, RabbitMqProfile profile) {
        QueueSettings current = queue.settings();
        String what = queue.describe();
        check(what, "durable", current.durable(), received.durable());
        check(what, "exclusive", current.exclusive(), received.exclusive());
        check(what, "auto_delete", current.autoDelete(), received.autoDelete());
        for (String name : QueueArguments.COMPARED) {
            if (name.equals("x-queue-type")) {
                checkType(what, current, received, profile);
            } else if (QueueArguments.isCompared(current.kind(), name, profile)) {
                check(what, name, current.arguments(), received.arguments());
            }
        }
    }

    /** A queue without a type is a classic one. */
    private static void checkType(String what, QueueSettings current, QueueSettings received, RabbitMqProfile profile) {
        Object oldType = current.arguments().getOrDefault("x-queue-type", "classic");
        Object newType = received.arguments().getOrDefault("x-queue-type", "classic");
        if (Objects.equals(oldType, newType)) {
            return;
        }
        if (profile.impliesClassicType()) {
            throw inequivalent(what, "x-queue-type", "'" + newType + "'", "'" + oldType + "'");
        }
        check(what, "x-queue-type", current.arguments(), received.arguments());
    }

    /**
     * Compares an exchange.
     *
     * @param what the exchange in RabbitMQ's error texts
     * @param typeName the type as the client wrote it
     */
    static void check(
            Exchange exchange, String what, String typeName, ExchangeSettings received, RabbitMqProfile profile) {
        if (exchange.type() != ExchangeType.of(typeName, profile)) {
            throw inequivalent(
                    what, "type", "'" + typeName + "'", "'" + exchange.type().text() + "'");
        }
        ExchangeSettings current = exchange.settings();
        check(what, "durable", current.durable(), received.durable());
        check(what, "auto_delete", current.autoDelete(), received.autoDelete());
        check(what, "internal", current.internal(), received.internal());
        check(what, "alternate-exchange", current.arguments(), received.arguments());
    }

    private static void check(String what, String name, boolean current, boolean received) {
        if (current != received) {
            throw inequivalent(what, name, "'" + received + "'", "'" + current + "'");
        }
    }

    private static void check(
            String what, String name, Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        boolean had = current.containsKey(name);
        boolean has = received.containsKey(name);
        Object oldValue = current.get(name);
        Object newValue = received.get(name);
        if (had && has && !isSame(oldValue, newValue)) {
            throw inequivalent(what, name, "'" + newValue + "'", "'" + oldValue + "'");
        }
        if (had != has) {
            throw inequivalent(what, name, describe(has, newValue), describe(had, oldValue));
        }
    }

    /** Integers are equal by value, whatever their width. */
    private static boolean isSame(@Nullable Object a, @Nullable Object b) {
        return FieldTypes.isInteger(a) && FieldTypes.isInteger(b)
                ? ((Number) Objects.requireNonNull(a)).longValue() == ((Number) Objects.requireNonNull(b)).longValue()
                : Objects.equals(a, b);
    }

    private static String describe(boolean present, @Nullable Object value) {
        return present ? "the value '" + value + "' of type '" + FieldTypes.name(value) + "'" : "none";
    }

    private static AmqpException inequivalent(String what, String name, String received, String current) {
        return new AmqpException(
                ReplyCode.PRECONDITION_FAILED,
                "inequivalent arg '" + name + "' for " + what + ": received " + received + " but current is "
                        + current);
    }
}
