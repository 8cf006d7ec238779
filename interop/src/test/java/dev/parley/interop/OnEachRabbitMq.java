package dev.parley.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a test class on each version of RabbitMQ, with a running {@link RabbitMq} as a parameter of its constructor. A
 * node is started once for all classes that one JVM runs, and shared, so tests use topics of their own.
 *
 * <p>Versions 4.0 and 4.3 as Debian ships them take part only if {@code PARLEY_RABBITMQ_VERSIONS} names them: between
 * 3.10 and the 4.3 that denies most, little is left to differ.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(OnEachRabbitMq.Provider.class)
public @interface OnEachRabbitMq {
    /** Only these versions; by default all. */
    RabbitMqVersion[] value() default {};

    final class Provider implements ClassTemplateInvocationContextProvider {
        @Override
        public boolean supportsClassTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public boolean mayReturnZeroClassTemplateInvocationContexts(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
                ExtensionContext context) {
            RabbitMqVersion[] only = context.getRequiredTestClass()
                    .getAnnotation(OnEachRabbitMq.class)
                    .value();
            return Stream.of(only.length == 0 ? RabbitMqVersion.values() : only)
                    .filter(RabbitMqVersion::isWanted)
                    .map(On::new);
        }
    }

    record On(RabbitMqVersion version) implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return version.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            ExecutionCondition condition = context -> NeedsPeer.Condition.evaluate(version.peer());
            return List.of(condition, new OnRabbitMq.Resolver(version));
        }
    }
}
