package dev.parley.oslo.notify.bridge;

import dev.parley.RpcContext;
import dev.parley.ServerInterceptor;
import dev.parley.oslo.notify.Notifier;
import java.security.Principal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server interceptor that publishes a notification for each call, {@code rpc.request}, and one when it is complete,
 * {@code rpc.response}, both at priority info: what {@link RequestNotificationFilter} does, for every wire.
 *
 * <pre>{@code
 * RpcServer server = RpcServer.builder()
 *         .interceptor(RequestNotificationInterceptor.builder(notifier).serviceName("shop").build())
 *         ...
 * }</pre>
 *
 * <p>The payload's member {@code request} has {@code service_name}, {@code method}, {@code namespace}, {@code version},
 * {@code wire}, {@code remote_address}, {@code user} and {@code metadata}; those that the wire does not tell are {@code
 * null}. Arguments and results are not published. That of a response has {@code response} too, with {@code status}
 * {@code ok} or {@code error}, and {@code exception} with {@code value} and {@code traceback} if it failed. Metadata
 * with credentials, such as the HTTP header {@code Authorization}, is left out. The caller's context is the context of
 * the notifications, of which the notifier sends the values that {@link Notifier.Builder#contextKeys} allows.
 *
 * <p>Publishing never blocks or fails a call. Thread-safe.
 */
public final class RequestNotificationInterceptor implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(RequestNotificationInterceptor.class);

    private final Notifier notifier;
    private final @Nullable String serviceName;
    private final Set<String> ignoredMethods;
    private final Set<String> droppedMetadata;

    private RequestNotificationInterceptor(Builder builder) {
        notifier = builder.notifier;
        serviceName = builder.serviceName;
        ignoredMethods = builder.ignoredMethods;
        droppedMetadata = builder.droppedMetadata;
    }

    /** A new builder of an interceptor that publishes through this notifier, and does not close it. */
    public static Builder builder(Notifier notifier) {
        return new Builder(notifier);
    }

    @Override
    public @Nullable Object intercept(RpcContext context, Chain next) throws Throwable {
        if (!ignoredMethods.contains(context.method())) {
            try {
                Map<String, @Nullable Object> members = requestMembers(context);
                Notifier target = context.values().isEmpty() ? notifier : notifier.with(context.values());
                publish(target, "rpc.request", Map.of("request", members));
                context.onComplete(error -> publish(target, "rpc.response", response(members, error)));
            } catch (RuntimeException e) {
                log.warn("Cannot publish the notifications of a call of {}", context.method(), e);
            }
        }
        return next.proceed();
    }

    private Map<String, @Nullable Object> requestMembers(RpcContext context) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        Principal principal = context.principal();
        members.put("service_name", serviceName);
        members.put("method", context.method());
        members.put("namespace", context.namespace());
        members.put("version", context.version());
        members.put("wire", context.wire());
        members.put("remote_address", context.remoteAddress());
        members.put("user", principal == null ? null : principal.getName());
        Map<String, String> metadata = new LinkedHashMap<>();
        context.metadata().forEach((name, value) -> {
            if (!droppedMetadata.contains(name.toLowerCase(Locale.ROOT))) {
                metadata.put(name, value);
            }
        });
        members.put("metadata", metadata);
        return members;
    }

    private static Map<String, Object> response(Map<String, @Nullable Object> request, @Nullable Throwable error) {
        return error == null
                ? Map.of("request", request, "response", Map.of("status", "ok"))
                : Map.of(
                        "request",
                        request,
                        "response",
                        Map.of("status", "error"),
                        "exception",
                        RequestMembers.exception(error));
    }

    private static void publish(Notifier target, String event, Map<String, Object> payload) {
        try {
            target.info(event, payload);
        } catch (RuntimeException e) {
            log.warn("Cannot publish the notification {} of a call", event, e);
        }
    }

    /** Builds an interceptor. Not thread-safe. */
    public static final class Builder {
        private final Notifier notifier;
        private @Nullable String serviceName;
        private Set<String> ignoredMethods = Set.of();
        private Set<String> droppedMetadata = RequestMembers.CREDENTIALS;

        private Builder(Notifier notifier) {
            this.notifier = Objects.requireNonNull(notifier, "notifier");
        }

        /** The member {@code service_name}. {@code null} by default. */
        public Builder serviceName(String name) {
            serviceName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** The methods whose calls to ignore, such as {@code oslo_rpc_server_ping}. None by default. */
        public Builder ignore(String... methods) {
            ignoredMethods = Set.of(methods);
            return this;
        }

        /**
         * The metadata to leave out, in any case. The default is that of {@link
         * RequestNotificationFilter.Builder#dropHeaders}.
         */
        public Builder dropMetadata(Collection<String> names) {
            droppedMetadata = RequestMembers.lowerCase(names);
            return this;
        }

        /** Builds the interceptor. */
        public RequestNotificationInterceptor build() {
            return new RequestNotificationInterceptor(this);
        }
    }
}
