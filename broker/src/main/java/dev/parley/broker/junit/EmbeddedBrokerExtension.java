package dev.parley.broker.junit;

import dev.parley.broker.BrokerBuilder;
import dev.parley.broker.EmbeddedBroker;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests an {@link EmbeddedBroker} as a parameter: one per test class, started when first asked for, closed after the class.
 *
 * <pre>{@code
 * @ExtendWith(EmbeddedBrokerExtension.class)
 * class OrdersTest {
 *     @Test
 *     void ordersArrive(EmbeddedBroker broker) { ... }
 * }
 * }</pre>
 *
 * With settings of its own: {@code @RegisterExtension static final EmbeddedBrokerExtension BROKER = EmbeddedBrokerExtension.with(builder);}
 */
public final class EmbeddedBrokerExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(EmbeddedBrokerExtension.class);

    private final BrokerBuilder builder;

    /** With all defaults. */
    public EmbeddedBrokerExtension() {
        this(EmbeddedBroker.builder());
    }

    private EmbeddedBrokerExtension(BrokerBuilder builder) {
        this.builder = builder;
    }

    /** With these settings. */
    public static EmbeddedBrokerExtension with(BrokerBuilder builder) {
        return new EmbeddedBrokerExtension(builder);
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
