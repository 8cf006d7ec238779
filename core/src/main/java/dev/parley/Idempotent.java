package dev.parley;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;

/**
 * On a method of a proxied interface: the call may run more than once, so a client may send it again after the
 * connection is lost or the server is overloaded; see {@link CallOptions#withIdempotent}. No other call is ever sent
 * again.
 */
@Documented
@Retention(RUNTIME)
@java.lang.annotation.Target(ElementType.METHOD)
public @interface Idempotent {}
