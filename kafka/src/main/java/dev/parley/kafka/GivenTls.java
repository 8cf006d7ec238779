package dev.parley.kafka;

import java.io.IOException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes Kafka use the user's TLS context, and verify the broker's host name with it. Public and without arguments,
 * since Kafka makes it. Thread-safe once it is configured.
 */
public final class GivenTls implements SslEngineFactory {
    /** The configuration property with the supplier of the TLS context, which is asked for each connection. */
    static final String CONTEXT = "parley.ssl.context";

    private @Nullable Supplier<SSLContext> context;

    /** For Kafka. */
    public GivenTls() {}

    @Override
    @SuppressWarnings("unchecked") // Nobody but Security sets it.
    public void configure(Map<String, ?> configs) {
        context = (Supplier<SSLContext>) configs.get(CONTEXT);
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        SSLEngine engine = Objects.requireNonNull(context, CONTEXT).get().createSSLEngine(peerHost, peerPort);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        throw new UnsupportedOperationException("a client does not accept connections");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public @Nullable KeyStore keystore() {
        return null;
    }

    @Override
    public @Nullable KeyStore truststore() {
        return null;
    }

    @Override
    public void close() throws IOException {}
}
