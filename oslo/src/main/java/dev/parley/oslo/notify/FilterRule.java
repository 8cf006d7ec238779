package dev.parley.oslo.notify;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Selects which notifications an endpoint gets, with the rules of {@link NotificationFilter}: oslo.messaging's {@code
 * filter_rule}. An element that is not set selects everything.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface FilterRule {
    /** A regular expression that the publisher id must start with a match of. */
    String publisherId() default "";

    /** A regular expression that the event type must start with a match of. */
    String eventType() default "";

    /** Regular expressions for values of the context: {@code "project_id=^shop$"}. */
    String[] context() default {};

    /** Regular expressions for {@code message_id} and {@code timestamp}, in the form of {@link #context}. */
    String[] metadata() default {};

    /** Regular expressions for top-level members of the payload, in the form of {@link #context}. */
    String[] payload() default {};
}
