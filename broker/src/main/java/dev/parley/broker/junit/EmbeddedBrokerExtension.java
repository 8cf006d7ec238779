package dev.parley.broker.junit;

import dev.parley.broker.BrokerBuilder;
import dev.parley.broker.EmbeddedBroker;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Passes an {@link EmbeddedBroker} to test methods as a parameter: one per test class, started when it is first needed
 * and closed after the class.
 *
 * <pre>
 * {@code @ExtendWith(EmbeddedBrokerExtension.class)
 * class OrdersTest {
 *     @Test
 *     void ordersArrive(EmbeddedBroker broker) { ... }
 * }
 * }</pre>
 *
 * <p>As a later version of RabbitMQ: {@code @RegisterExtension static final EmbeddedBrokerExtension BROKER = new
 * EmbeddedBrokerExtension().rabbitmq("4.3");} With any other settings: {@code EmbeddedBrokerExtension.with(builder)}.
 *
 * <p>Thread-safe once its settings are not changed any more.
 */
public final class EmbeddedBrokerExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(EmbeddedBrokerExtension.class);

    private final BrokerBuilder builder;

    /** Creates an extension whose broker has the default settings. */
    public EmbeddedBrokerExtension() {
        this(EmbeddedBroker.builder());
    }

    private EmbeddedBrokerExtension(BrokerBuilder builder) {
        this.builder = builder;
    }

    /** Creates an extension whose broker has these settings. */
    public static EmbeddedBrokerExtension with(BrokerBuilder builder) {
        return new EmbeddedBrokerExtension(Objects.requireNonNull(builder, "builder"));
    }

    /**
     * Sets the version of RabbitMQ that the broker behaves as. Default {@code 3.10}.
     *
     * @throws IllegalArgumentException if the version is unknown; the message lists those that are known
     * @see BrokerBuilder#rabbitmq
     */
    public EmbeddedBrokerExtension rabbitmq(String version) {
        builder.rabbitmq(version);
        return this;
    }

    /**
     * Permits a feature that the version does not permit by default. Default: none.
     *
     * @throws IllegalArgumentException if the feature is unknown; the message lists those that are known
     * @see BrokerBuilder#permitDeprecatedFeature
     */
    public EmbeddedBrokerExtension permitDeprecatedFeature(String name) {
        builder.permitDeprecatedFeature(name);
        return this;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext ofClass = context;
        while (ofClass.getTestMethod().isPresent()) {
            ofClass = ofClass.getParent().orElseThrow();
        }
        // The store closes it with the class.
        return ofClass.getStore(NAMESPACE).computeIfAbsent(this, key -> builder.start(), EmbeddedBroker.class);
    }
}
