package dev.parley.spi;

import dev.parley.Target;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a client lends its wire. Immutable. */
public final class ClientContext {
    private final ValueMapping values;
    private final Target target;
    private final @Nullable SSLContext tls;

    /**
     * A context.
     *
     * @param values makes the wire's mapper
     * @param target the client's own target, before any call overrides it
     * @param tls the TLS context; {@code null} means the JVM's default one
     */
    public ClientContext(ValueMapping values, Target target, @Nullable SSLContext tls) {
        this.values = Objects.requireNonNull(values, "values");
        this.target = Objects.requireNonNull(target, "target");
        this.tls = tls;
    }

    /** Makes the wire's mapper. */
    public ValueMapping values() {
        return values;
    }

    /** The client's own target, before any call overrides it. */
    public Target target() {
        return target;
    }

    /** The TLS context; {@code null} means the JVM's default one. */
    public @Nullable SSLContext tls() {
        return tls;
    }
}
