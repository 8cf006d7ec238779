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
 * <p>With other settings than the defaults: {@code @RegisterExtension static final EmbeddedBrokerExtension BROKER =
 * EmbeddedBrokerExtension.with(builder);}
 *
 * <p>Thread-safe if the builder is not changed any more.
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
