package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** Exposes a method to peers, under its own name or the given one. */
@Documented
@Retention(RUNTIME)
@Target(ElementType.METHOD)
public @interface Expose {
    /** The name on the wire; by default the name of the Java method. */
    String value() default "";
}
