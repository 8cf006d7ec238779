package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.util.concurrent.TimeUnit;

/** On a method of a proxied interface: how long its calls wait for a response, instead of the client's timeout. */
@Documented
@Retention(RUNTIME)
@java.lang.annotation.Target(ElementType.METHOD)
public @interface Timeout {
    /** The timeout, greater than zero. */
    long value();

    /** Its unit; seconds by default. */
    TimeUnit unit() default TimeUnit.SECONDS;
}
