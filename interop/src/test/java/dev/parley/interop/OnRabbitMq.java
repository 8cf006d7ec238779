package dev.parley.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class a running {@link RabbitMq} as a parameter of its constructor, its methods or its {@code @Before}
 * methods. It is started once for all classes that one JVM runs, and shared, so tests use topics of their own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({OnRabbitMq.Condition.class, OnRabbitMq.Resolver.class})
public @interface OnRabbitMq {

    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return NeedsPeer.Condition.evaluate(RabbitMqVersion.USUAL.peer());
        }
    }

    final class Resolver implements ParameterResolver {
        private final RabbitMqVersion version;

        Resolver() {
            this(RabbitMqVersion.USUAL);
        }

        Resolver(RabbitMqVersion version) {
            this.version = version;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RabbitMq.class;
        }

        @Override
        public RabbitMq resolveParameter(ParameterContext parameter, ExtensionContext context) {
            // This store lasts as long as the JVM runs tests, and closes what it holds then.
            return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(RabbitMq.class))
                    .computeIfAbsent(version, RabbitMq::givenOrStarted, RabbitMq.class);
        }
    }
}
