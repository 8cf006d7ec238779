package dev.parley.internal.client;

import dev.parley.CallOptions;
import dev.parley.RpcContext;
import dev.parley.internal.TaskContext;
import dev.parley.spi.ClientTransport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call that is made while a call is served inherits from that one's context. Stateless and thread-safe. */
final class InheritedContext {
    private InheritedContext() {}

    /** The options with what is inherited in their context; their own entries win. */
    static CallOptions add(ClientTransport transport, CallOptions options) {
        RpcContext served = TaskContext.current();
        if (served == null) {
            return options;
        }
        Map<String, @Nullable Object> inherited = transport.inheritedContext(options, served);
        if (inherited.isEmpty()) {
            return options;
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(inherited);
        all.putAll(options.context());
        return options.withContext(all);
    }
}
