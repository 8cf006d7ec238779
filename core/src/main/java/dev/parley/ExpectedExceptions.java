package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Exceptions that are part of the contract of a method: they are sent to the caller like any other, but are logged at
 * debug level only.
 */
@Documented
@Retention(RUNTIME)
@Target(ElementType.METHOD)
public @interface ExpectedExceptions {
    /** The exception types; subclasses are included. */
    Class<? extends Throwable>[] value();
}
