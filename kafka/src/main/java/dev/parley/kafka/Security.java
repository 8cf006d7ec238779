package dev.parley.kafka;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.spi.AddressOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.jspecify.annotations.Nullable;

/**
 * How connections are secured and who logs in, from the options {@code security_protocol}, {@code sasl_mechanism} and
 * {@code ssl_*}. Immutable; never shows its secrets.
 */
final class Security {
    private static final Pattern CERTIFICATE = Pattern.compile("-----BEGIN CERTIFICATE-----");
    private static final Pattern KEY = Pattern.compile("-----BEGIN (ENCRYPTED )?PRIVATE KEY-----");

    private final String protocol;
    private final @Nullable Password jaas;
    private final String mechanism;
    private final @Nullable String caFile;
    private final @Nullable String certFile;
    private final @Nullable String keyFile;
    private final @Nullable Password keyPassword;

    private Security(
            String protocol,
            String mechanism,
            @Nullable Password jaas,
            @Nullable String caFile,
            @Nullable String certFile,
            @Nullable String keyFile,
            @Nullable Password keyPassword) {
        this.protocol = protocol;
        this.mechanism = mechanism;
        this.jaas = jaas;
        this.caFile = caFile;
        this.certFile = certFile;
        this.keyFile = keyFile;
        this.keyPassword = keyPassword;
    }

    /**
     * Reads the options.
     *
     * @throws InvalidTargetException if they or the credentials do not fit together
     */
    static Security of(AddressOptions options, List<Address.Host> hosts) {
        String protocol = options.choice("security_protocol", "PLAINTEXT", "SASL_PLAINTEXT", "SSL", "SASL_SSL");
        String mechanism = options.choice("sasl_mechanism", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
        String password = options.textOrNull("ssl_client_key_password");
        Security security = new Security(
                protocol,
                mechanism,
                jaas(protocol, mechanism, hosts),
                options.textOrNull("ssl_cafile"),
                options.textOrNull("ssl_client_cert_file"),
                options.textOrNull("ssl_client_key_file"),
                password == null ? null : new Password(password));
        if ((security.certFile == null) != (security.keyFile == null)) {
            throw new InvalidTargetException(
                    "options ssl_client_cert_file and ssl_client_key_file must be set together");
        }
        return security;
    }

    private static @Nullable Password jaas(String protocol, String mechanism, List<Address.Host> hosts) {
        boolean sasl = protocol.startsWith("SASL_");
        String user = hosts.isEmpty() ? null : hosts.getFirst().user();
        String password = hosts.isEmpty() ? null : hosts.getFirst().password();
        for (Address.Host host : hosts) {
            if (host.user() != null
                    && (!host.user().equals(user)
                            || !String.valueOf(host.password()).equals(String.valueOf(password)))) {
                throw new InvalidTargetException("kafka logs in to all brokers with the credentials of the first host:"
                        + " remove those of " + host + " or make them the same");
            }
        }
        if (!sasl && user != null) {
            throw new InvalidTargetException("credentials need security_protocol=SASL_SSL or SASL_PLAINTEXT: "
                    + protocol + " does not log in, so remove the user and password before the @");
        } else if (!sasl) {
            return null;
        } else if (user == null || password == null) {
            throw new InvalidTargetException(
                    "security_protocol=" + protocol + " needs a user and a password in the address");
        }
        String module = mechanism.equals("PLAIN") ? PlainLoginModule.class.getName() : ScramLoginModule.class.getName();
        return new Password(module + " required username=" + quoted(user) + " password=" + quoted(password) + ";");
    }

    /** A string of the login configuration. */
    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }

    /**
     * The properties for a client of Kafka's. Reads the files each time, since certificates are renewed while a process
     * runs.
     *
     * @param given supplies the TLS context for each connection, in place of the files
     * @throws InvalidTargetException if a file cannot be used; the message names it
     */
    Map<String, Object> properties(@Nullable Supplier<SSLContext> given) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
        if (jaas != null) {
            properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
            properties.put(SaslConfigs.SASL_JAAS_CONFIG, jaas);
        }
        if (!protocol.toUpperCase(Locale.ROOT).endsWith("SSL")) {
            return properties;
        }
        if (given != null) {
            properties.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, GivenTls.class);
            properties.put(GivenTls.CONTEXT, given);
            return properties;
        }
        if (caFile != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(
                    SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                    pem("ssl_cafile", caFile, CERTIFICATE, "certificate in PEM format"));
        }
        if (certFile != null && keyFile != null) {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            properties.put(
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                    pem("ssl_client_cert_file", certFile, CERTIFICATE, "certificate in PEM format"));
            properties.put(
                    SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                    pem(
                            "ssl_client_key_file",
                            keyFile,
                            KEY,
                            "key in PKCS #8 format (BEGIN PRIVATE KEY);" + " convert it with 'openssl pkcs8 -topk8'"));
            if (keyPassword != null) {
                properties.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, keyPassword);
            }
        }
        return properties;
    }

    private static Password pem(String option, String file, Pattern expected, String what) {
        try {
            String text = Files.readString(Path.of(file));
            if (!expected.matcher(text).find()) {
                throw new InvalidTargetException(option + "=" + file + " contains no " + what);
            }
            return new Password(text);
        } catch (IOException e) {
            throw new InvalidTargetException(option + "=" + file + " cannot be read: " + e, e);
        }
    }

    /** The protocol alone. */
    @Override
    public String toString() {
        return protocol;
    }
}
