package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Makes a parameter optional, and gives the value that it has if the caller omits it. */
@Documented
@Retention(RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Default {
    /** The value as JSON text; text that is not valid JSON is a string. */
    String value();
}
