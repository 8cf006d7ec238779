package dev.parley.net.socket;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.TlsFiles;
import io.netty.handler.ssl.SslHandler;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client verifies a server, and itself. Immutable.
 *
 * @param context trust, and perhaps keys; {@code null} for those of the Java runtime
 * @param verifyHost whether the certificate must be for the server's name
 */
public record Trust(@Nullable SSLContext context, boolean verifyHost) {
    private static final Logger log = LoggerFactory.getLogger(Trust.class);

    /**
     * Reads the options of TLS; an address without TLS has none.
     *
     * @param secure whether the address has TLS
     * @param tls the TLS context of the client's builder; {@code null} if it has none
     * @throws InvalidTargetException if an option is malformed, or contradicts the builder
     */
    public static Trust read(Address address, boolean secure, AddressOptions options, @Nullable SSLContext tls) {
        if (!secure) {
            return new Trust(null, true);
        }
        TlsFiles files = new TlsFiles(
                options.textOrNull("ssl_ca_file"),
                options.textOrNull("ssl_cert_file"),
                options.textOrNull("ssl_key_file"),
                options.textOrNull("ssl_key_password"));
        boolean insecure = options.flag("insecure_skip_verify", false);
        if (tls != null) {
            if (insecure || !files.isEmpty()) {
                throw new InvalidTargetException(
                        shown(address) + " has options of TLS beside the TLS context of the builder; use one of them");
            }
            return new Trust(tls, true);
        } else if (insecure) {
            log.warn(
                    "insecure_skip_verify: the server at {} is not verified; anyone on the way can change calls",
                    shown(address));
            return new Trust(files.insecureContext(), false);
        }
        return new Trust(files.isEmpty() ? null : files.context(), true);
    }

    private static Address shown(Address address) {
        return address.withoutOptions(Set.of("token", "proxy", "query"));
    }

    /**
     * The handler of a new connection.
     *
     * @param host the server's name or IP address, without brackets
     * @param timeout for the handshake
     * @throws NoSuchAlgorithmException if the Java runtime has no TLS
     */
    public SslHandler handler(String host, int port, Duration timeout) throws NoSuchAlgorithmException {
        SSLEngine engine = (context == null ? SSLContext.getDefault() : context).createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (verifyHost) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
        return handler;
    }
}
