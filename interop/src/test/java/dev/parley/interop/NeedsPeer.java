package dev.parley.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** Skips a test whose peers are not all installed; where {@code CI=true} the test fails instead. */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(NeedsPeer.Condition.class)
public @interface NeedsPeer {
    Peer[] value();

    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return AnnotationSupport.findAnnotation(context.getElement(), NeedsPeer.class)
                    .map(needs -> evaluate(needs.value()))
                    .orElseGet(() -> ConditionEvaluationResult.enabled("needs no peer"));
        }

        /** Ends the running test as skipped, for peers that it knows only while it runs. */
        public static void assume(Peer... peers) {
            ConditionEvaluationResult condition = evaluate(peers);
            if (condition.isDisabled()) {
                throw new TestAbortedException(condition.getReason().orElseThrow());
            }
        }

        static ConditionEvaluationResult evaluate(Peer... peers) {
            for (Peer peer : peers) {
                if (!peer.isWanted()) {
                    return ConditionEvaluationResult.disabled(
                            "peer " + peer.installedAs() + ": not asked for by PARLEY_RABBITMQ_VERSIONS");
                }
            }
            String missing = Arrays.stream(peers)
                    .flatMap(peer -> peer.missing().map(why -> "peer " + peer.installedAs() + ": " + why).stream())
                    .collect(Collectors.joining("; "));
            if (missing.isEmpty()) {
                return ConditionEvaluationResult.enabled("all peers are installed");
            }
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException(missing);
            }
            return ConditionEvaluationResult.disabled(missing);
        }
    }
}
