package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Makes a parameter optional: its value, as JSON, when the caller leaves it out. */
@Documented
@Retention(RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Default {
    /** The value as JSON text; text that is not JSON is taken as a string. */
    String value();
}
