package dev.parley.spi;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a server lends its wires.
 *
 * @param dispatcher runs the calls
 * @param values makes the wire's mapper
 * @param tls the TLS context for schemes that need one
 */
public record ServerContext(
        Dispatcher dispatcher,
        ValueMapping values,
        @Nullable SSLContext tls) {}
