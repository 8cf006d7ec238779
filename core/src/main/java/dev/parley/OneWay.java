package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * On a method of a proxied interface: the call is a cast, whose response is not awaited. The method must return
 * {@code void}.
 */
@Documented
@Retention(RUNTIME)
@Target(ElementType.METHOD)
public @interface OneWay {}
