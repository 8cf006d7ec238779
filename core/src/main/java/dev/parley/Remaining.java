package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Collects the named arguments that no other parameter claims, as Python's {@code **kwargs} does. The parameter must be
 * the last one and of type {@code Map<String, T>}; each value is read as a {@code T}. The map is empty if there are no
 * such arguments, or if the caller passes arguments by position. Without such a parameter, an unknown argument fails
 * the call with {@link InvalidArgumentsException}.
 */
@Documented
@Retention(RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Remaining {}
