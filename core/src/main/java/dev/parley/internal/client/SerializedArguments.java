package dev.parley.internal.client;

import dev.parley.Args;
import dev.parley.Serializer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments as the client's serializer makes them. Stateless and thread-safe. */
final class SerializedArguments {
    private SerializedArguments() {}

    static Args of(Args args, Serializer front, Map<String, @Nullable Object> context) {
        return switch (args) {
            case Args.Positional positional ->
                Args.of(positional.values().stream()
                        .map(value -> front.serializeEntity(context, value))
                        .toArray());
            case Args.Named named -> {
                Map<String, @Nullable Object> encoded = new LinkedHashMap<>();
                named.values().forEach((name, value) -> encoded.put(name, front.serializeEntity(context, value)));
                yield Args.named(encoded);
            }
        };
    }
}
