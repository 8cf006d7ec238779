package dev.parley.spi;

import dev.parley.Target;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client lends its wire.
 *
 * @param values makes the wire's mapper
 * @param target the client's own target, before any call overrides it
 * @param tls the TLS context; absent means the JVM's default one
 */
public record ClientContext(
        ValueMapping values, Target target, @Nullable SSLContext tls) {}
