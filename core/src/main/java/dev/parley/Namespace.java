package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** The namespace of an endpoint or of an interface that a client proxies. */
@Documented
@Retention(RUNTIME)
@Target(ElementType.TYPE)
public @interface Namespace {
    /** The namespace. */
    String value();
}
