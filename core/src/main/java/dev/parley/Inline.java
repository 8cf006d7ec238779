package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Runs the method on the wire's own thread, without switching threads. Only for methods that never block; see
 * {@link Execution#inline()}.
 */
@Documented
@Retention(RUNTIME)
@Target(ElementType.METHOD)
public @interface Inline {}
