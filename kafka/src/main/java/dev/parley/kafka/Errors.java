package dev.parley.kafka;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Between Kafka's errors and Parley's. Thread-safe. */
final class Errors {
    private Errors() {}

    /** The error of something that failed. */
    static RpcException of(String what, Throwable error) {
        Throwable cause = cause(error);
        String message = what + ": " + cause.getMessage();
        return switch (cause) {
            case RpcException e -> e;
            case SslAuthenticationException e ->
                new ConnectionLostException(
                        e.getCause() == null
                                ? message
                                : message + ": " + e.getCause().getMessage(),
                        cause);
            case AuthenticationException e -> new AccessDeniedException(message, cause);
            case AuthorizationException e -> new AccessDeniedException(message, cause);
            case RecordTooLargeException e -> tooLarge(message, cause);
            case RecordBatchTooLargeException e -> tooLarge(message, cause);
            case InvalidTopicException e -> new InvalidTargetException(message, cause);
            case RetriableException e -> new ConnectionLostException(message, cause);
            // The names of the brokers cannot be resolved; everything else was checked when the address was read.
            case ConfigException e -> new ConnectionLostException(message, cause);
            default -> new DeliveryException(message, cause);
        };
    }

    private static RpcException tooLarge(String message, Throwable cause) {
        return new DeliveryException(message + " (max.message.bytes of the topic is the limit)", cause);
    }

    /** Whether another attempt to publish the same to the same topic would fail in the same way. */
    static boolean isFinal(Throwable error) {
        return switch (cause(error)) {
            case RecordTooLargeException e -> true;
            case RecordBatchTooLargeException e -> true;
            case InvalidTopicException e -> true;
            case org.apache.kafka.common.errors.TopicAuthorizationException e -> true;
            default -> false;
        };
    }

    /** Whether it says that the broker does not let this user in. */
    static boolean isDenied(Throwable error) {
        Throwable cause = cause(error);
        return cause instanceof AuthenticationException || cause instanceof AuthorizationException;
    }

    private static Throwable cause(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null
                && (cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause.getClass() == org.apache.kafka.common.KafkaException.class)) {
            cause = cause.getCause();
        }
        return cause;
    }
}
