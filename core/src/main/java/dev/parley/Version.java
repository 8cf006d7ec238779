package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** The version of an endpoint or of a proxied interface, {@code major.minor}. */
@Documented
@Retention(RUNTIME)
@Target(ElementType.TYPE)
public @interface Version {
    /** The version. */
    String value();
}
