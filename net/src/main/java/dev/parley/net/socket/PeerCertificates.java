package dev.parley.net.socket;

import io.netty.handler.ssl.SslHandler;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The certificates of the peer of a TLS connection. Stateless and thread-safe. */
public final class PeerCertificates {
    private PeerCertificates() {}

    /** The chain that TLS has verified, the peer's own first; empty without TLS or without a certificate. */
    public static List<X509Certificate> of(@Nullable SslHandler ssl) {
        if (ssl == null) {
            return List.of();
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate each : ssl.engine().getSession().getPeerCertificates()) {
                chain.add((X509Certificate) each);
            }
            return List.copyOf(chain);
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    /** The subject of the peer's own certificate; {@code null} if there is none. */
    public static @Nullable Principal subject(@Nullable SslHandler ssl) {
        List<X509Certificate> chain = of(ssl);
        return chain.isEmpty() ? null : chain.getFirst().getSubjectX500Principal();
    }
}
