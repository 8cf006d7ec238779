package dev.parley.internal.server;

import dev.parley.AccessPolicy;
import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.Limits;
import dev.parley.Serializer;
import dev.parley.ServerInterceptor;
import dev.parley.Target;
import dev.parley.security.Authorizer;
import dev.parley.spi.Authentication;
import dev.parley.spi.ValueMapping;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link ServerBuilder} at the time of {@code build()}. Immutable. */
record ServerSettings(
        String name,
        List<Listen> listens,
        AccessPolicy accessPolicy,
        Execution execution,
        Map<String, Execution> methodExecutions,
        int maxConcurrentCalls,
        int maxConcurrentCallsPerConnection,
        int maxQueuedCalls,
        List<ServerInterceptor> interceptors,
        FailureNames failureNames,
        @Nullable Serializer serializer,
        Limits limits,
        ValueMapping values,
        @Nullable Supplier<SSLContext> tls,
        boolean includeStackTraces,
        @Nullable Authentication authentication,
        @Nullable Authorizer authorizer,
        Consumer<? super Throwable> onFailure) {
    /** One address to listen to, as its supplier gives it each time. */
    record Listen(Supplier<Address> address, Target target) {}
}
