package dev.parley.kafka;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class a running {@link KafkaBroker} as a parameter of its constructor or its methods. It is started once
 * for all classes that one JVM runs, and shared, so tests use topics and groups of their own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnKafka.Resolver.class)
public @interface OnKafka {

    final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == KafkaBroker.class;
        }

        @Override
        public KafkaBroker resolveParameter(ParameterContext parameter, ExtensionContext context) {
            // This store lasts as long as the JVM runs tests, and closes what it holds then.
            return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(KafkaBroker.class))
                    .computeIfAbsent(KafkaBroker.class, key -> KafkaBroker.start(), KafkaBroker.class);
        }
    }
}
