package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** The version, {@code major.minor}, of an endpoint or of an interface that a client proxies. */
@Documented
@Retention(RUNTIME)
@Target(ElementType.TYPE)
public @interface Version {
    /** The version. */
    String value();
}
