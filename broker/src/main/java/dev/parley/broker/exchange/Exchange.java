package dev.parley.broker.exchange;

import dev.parley.broker.queue.Message;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An exchange: a set of bindings and a way to choose among them. Bindings change under the virtual host's lock; {@link #match} may run at any time
 * in any thread.
 */
public abstract sealed class Exchange implements Destination
        permits DefaultExchange, DirectExchange, FanoutExchange, TopicExchange, HeadersExchange {
    private final String name;
    private final ExchangeType type;
    private final ExchangeSettings settings;
    private final Set<Binding> inbound = ConcurrentHashMap.newKeySet(2);
    protected final Set<Binding> bindings = ConcurrentHashMap.newKeySet(2);

    public Exchange(String name, ExchangeType type, ExchangeSettings settings) {
        this.name = name;
        this.type = type;
        this.settings = settings;
    }

    /** What a declaration says besides name and type. */
    public record ExchangeSettings(
            boolean durable, boolean autoDelete, boolean internal, Map<String, @Nullable Object> arguments) {
        public static final ExchangeSettings PREDECLARED = new ExchangeSettings(true, false, false, Map.of());
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Set<Binding> inbound() {
        return inbound;
    }

    public final ExchangeType type() {
        return type;
    }

    public final ExchangeSettings settings() {
        return settings;
    }

    public final Set<Binding> bindings() {
        return bindings;
    }

    public final @Nullable String alternate() {
        return settings.arguments().get("alternate-exchange") instanceof String alternate ? alternate : null;
    }

    /** Adds a binding; false if it was there. */
    public final boolean bind(Binding binding) {
        if (!bindings.add(binding)) {
            return false;
        }
        index(binding);
        binding.destination().inbound().add(binding);
        return true;
    }

    /** Removes a binding; false if there was none. */
    public final boolean unbind(Binding binding) {
        if (!bindings.remove(binding)) {
            return false;
        }
        unindex(binding);
        binding.destination().inbound().remove(binding);
        return true;
    }

    public void index(Binding binding) {}

    public void unindex(Binding binding) {}

    /** Hands over every destination of a message; one may come several times. */
    public abstract void match(Message message, String routingKey, Consumer<Destination> found);
}
