package dev.parley.net.socket;

import io.netty.handler.ssl.SslHandler;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The TLS of a listener, whose keys may be replaced while it serves. Thread-safe. */
public final class ServerTls {
    /** Whether clients are asked for a certificate. */
    public enum ClientCertificates {
        /** They are not asked. */
        NONE,
        /** They are asked, and may have none. */
        WANTED,
        /** Those without one are refused in the handshake. */
        NEEDED
    }

    private final ClientCertificates certificates;
    private volatile SSLContext context;

    /** With the keys of a context, which also says whose client certificates are trusted. */
    public ServerTls(SSLContext context, ClientCertificates certificates) {
        this.context = Objects.requireNonNull(context, "context");
        this.certificates = Objects.requireNonNull(certificates, "certificates");
    }

    /** Uses other keys for connections accepted from now on; open connections keep theirs. */
    public void replace(SSLContext current) {
        context = Objects.requireNonNull(current, "context");
    }

    /** The handler of a new connection. */
    public SslHandler handler() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        if (certificates == ClientCertificates.NEEDED) {
            engine.setNeedClientAuth(true);
        } else if (certificates == ClientCertificates.WANTED) {
            engine.setWantClientAuth(true);
        }
        return new SslHandler(engine);
    }
}
