package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.policy.AppliedPolicies;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An exchange: a set of bindings and a rule that chooses among them. Bindings change under the virtual host's lock
 * only; everything else, {@link #match} included, may be called by any thread at any time.
 */
public abstract sealed class Exchange implements Destination
        permits DefaultExchange,
                DirectExchange,
                FanoutExchange,
                TopicExchange,
                HeadersExchange,
                ConsistentHashExchange,
                RandomExchange,
                DelayedExchange,
                LocalRandomExchange,
                ModulusHashExchange {
    private final String name;
    private final ExchangeType type;
    private final ExchangeSettings settings;
    private final Set<Binding> inbound = ConcurrentHashMap.newKeySet(2);
    private final Set<Binding> bindings = ConcurrentHashMap.newKeySet(2);
    private final LongAdder publishedIn = new LongAdder();
    private final LongAdder publishedOut = new LongAdder();
    private volatile AppliedPolicies policies = AppliedPolicies.NONE;

    Exchange(String name, ExchangeType type, ExchangeSettings settings) {
        this.name = name;
        this.type = type;
        this.settings = settings;
    }

    /** Creates the exchange without a name, to which every queue is bound by its name. */
    public static Exchange defaultExchange(Function<String, ? extends @Nullable Destination> queues) {
        return new DefaultExchange(queues);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Set<Binding> inbound() {
        return inbound;
    }

    @Override
    public final @Nullable String kind() {
        return null;
    }

    /** The rule by which it routes. */
    public final ExchangeType type() {
        return type;
    }

    /** What it was declared with. */
    public final ExchangeSettings settings() {
        return settings;
    }

    /** The bindings that lead from here, a concurrent set. */
    public final Set<Binding> bindings() {
        return bindings;
    }

    /** Counts a message that was published to it, and the queues that it was routed to. */
    public final void counted(int queues) {
        publishedIn.increment();
        publishedOut.add(queues);
    }

    /** How many messages were published to it. */
    public final long publishedIn() {
        return publishedIn.sum();
    }

    /** To how many queues these were routed, in total. */
    public final long publishedOut() {
        return publishedOut.sum();
    }

    /** The name of the exchange for messages that match no binding. */
    public final @Nullable String alternate() {
        Object argument = settings.arguments().get("alternate-exchange");
        Object found = argument == null ? policies.effective().get("alternate-exchange") : argument;
        return found instanceof String alternate ? alternate : null;
    }

    /** The policies that apply to it. */
    public final AppliedPolicies policies() {
        return policies;
    }

    /** Applies other policies than before. */
    public final void apply(AppliedPolicies applied) {
        policies = applied;
    }

    /**
     * Adds a binding; returns false if it exists.
     *
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if it is invalid for this exchange
     */
    public final boolean bind(Binding binding) {
        check(binding);
        if (!bindings.add(binding)) {
            return false;
        }
        index(binding);
        binding.destination().inbound().add(binding);
        return true;
    }

    /** Removes a binding; returns false if there is none. */
    public final boolean unbind(Binding binding) {
        if (!bindings.remove(binding)) {
            return false;
        }
        unindex(binding);
        binding.destination().inbound().remove(binding);
        return true;
    }

    /** Checks a new binding. */
    void check(Binding binding) {}

    /** Whether it routes a message once, by its first routing key, and not by each one. */
    boolean routesOnce() {
        return false;
    }

    /** Of the routing keys of a message, those by which it is routed here. */
    public final List<String> relevant(List<String> routingKeys) {
        return routesOnce() ? routingKeys.subList(0, 1) : routingKeys;
    }

    /** Called for each binding that was added. */
    void index(Binding binding) {}

    /** Called for each binding that was removed. */
    void unindex(Binding binding) {}

    /**
     * Passes on every destination of a message with this routing key and header; the same one may come more than once.
     */
    public abstract void match(String routingKey, ContentHeader header, Consumer<Destination> found);
}
