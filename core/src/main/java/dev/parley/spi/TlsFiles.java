package dev.parley.spi;

import dev.parley.InvalidTargetException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The files of TLS that the options {@code ssl_ca_file}, {@code ssl_cert_file}, {@code ssl_key_file} and
 * {@code ssl_key_password} name, as a TLS context. Immutable; the files are read when a context is made.
 */
public final class TlsFiles {
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (?:ENCRYPTED )?PRIVATE KEY-----");
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");
    private static final char[] NO_PASSWORD = new char[0];

    private final @Nullable String caFile;
    private final @Nullable String certFile;
    private final @Nullable String keyFile;
    private final @Nullable String password;

    /**
     * Files; those that are not given are {@code null}.
     *
     * @param caFile the certificates to trust, in PEM; without it those that the JVM trusts
     * @param certFile the own certificate and those of its authorities, in PEM; or a PKCS #12 file with the key too
     * @param keyFile the own key in PKCS #8, PEM; without it {@code certFile} has it
     * @param password the password of the key or of the PKCS #12 file
     */
    public TlsFiles(
            @Nullable String caFile, @Nullable String certFile, @Nullable String keyFile, @Nullable String password) {
        this.caFile = caFile;
        this.certFile = certFile;
        this.keyFile = keyFile;
        this.password = password;
    }

    /** Whether nothing is given. */
    public boolean isEmpty() {
        return caFile == null && certFile == null && keyFile == null && password == null;
    }

    /**
     * Reads the files.
     *
     * @throws InvalidTargetException if a file cannot be used; the message names it
     */
    public SSLContext context() {
        return context(null);
    }

    /**
     * Reads the own certificate and key, for a context that trusts any peer.
     *
     * @throws InvalidTargetException if a file cannot be used, or there is an {@code ssl_ca_file}
     */
    public SSLContext insecureContext() {
        if (caFile != null) {
            throw new InvalidTargetException("ssl_ca_file has no effect where no certificate is verified: remove it");
        }
        return context(new TrustManager[] {new TrustAll()});
    }

    private SSLContext context(TrustManager @Nullable [] given) {
        if (certFile == null && (keyFile != null || password != null)) {
            throw new InvalidTargetException("ssl_key_file and ssl_key_password need ssl_cert_file");
        }
        try {
            TrustManager[] trust = given;
            if (caFile != null) {
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(trusted(caFile));
                trust = factory.getTrustManagers();
            }
            KeyManagerFactory keys = certFile == null ? null : keys(certFile);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys == null ? null : keys.getKeyManagers(), trust, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidTargetException("failed to set up TLS: " + e.getMessage(), e);
        }
    }

    private static KeyStore trusted(String file) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates("ssl_ca_file", file, read("ssl_ca_file", file))) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        return store;
    }

    private KeyManagerFactory keys(String file) throws GeneralSecurityException, IOException {
        byte[] content = read("ssl_cert_file", file);
        KeyStore store;
        char[] secret = NO_PASSWORD;
        if (!isPem(content) && keyFile == null) {
            secret = password == null ? NO_PASSWORD : password.toCharArray();
            store = pkcs12(file, content, secret);
        } else {
            store = empty();
            store.setKeyEntry(
                    "own",
                    keyFile == null
                            ? key("ssl_cert_file", file, content)
                            : key("ssl_key_file", keyFile, read("ssl_key_file", keyFile)),
                    secret,
                    certificates("ssl_cert_file", file, content).toArray(Certificate[]::new));
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, secret);
        return keys;
    }

    private static boolean isPem(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
    }

    private static KeyStore pkcs12(String file, byte[] content, char[] password) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), password);
            return store;
        } catch (IOException e) {
            throw new InvalidTargetException(
                    "ssl_cert_file=" + file + " is neither PEM nor a PKCS #12 file that ssl_key_password opens", e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static byte[] read(String option, String file) {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw new InvalidTargetException(option + "=" + file + " cannot be read: " + e, e);
        }
    }

    private static Collection<? extends Certificate> certificates(String option, String file, byte[] content) {
        // The JDK stumbles over other blocks of the file, such as the key.
        String pem = CERTIFICATE
                .matcher(new String(content, StandardCharsets.ISO_8859_1))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (GeneralSecurityException e) {
            // Reported below.
        }
        throw new InvalidTargetException(option + "=" + file + " contains no certificate in PEM format");
    }

    private PrivateKey key(String option, String file, byte[] content) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(content, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new InvalidTargetException(option + "=" + file
                    + " contains no key in PKCS #8 format (BEGIN PRIVATE KEY);"
                    + " convert it with 'openssl pkcs8 -topk8 -nocrypt'");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
        PKCS8EncodedKeySpec spec = pem.group(1) == null ? new PKCS8EncodedKeySpec(der) : decrypted(option, file, der);
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // Try the next algorithm.
            }
        }
        throw new InvalidTargetException(option + "=" + file + " contains a key that is neither RSA, EC nor EdDSA");
    }

    private PKCS8EncodedKeySpec decrypted(String option, String file, byte[] der) {
        if (password == null) {
            throw new InvalidTargetException(option + "=" + file + " contains an encrypted key: set ssl_key_password");
        }
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            // The parameters of PBES2 say by which of its ciphers; the algorithm's own name does not.
            String algorithm = info.getAlgParameters() == null
                    ? info.getAlgName()
                    : info.getAlgParameters().toString();
            SecretKeyFactory factory =
                    SecretKeyFactory.getInstance(algorithm.startsWith("PBE") ? algorithm : info.getAlgName());
            return info.getKeySpec(factory.generateSecret(new PBEKeySpec(password.toCharArray())));
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidTargetException(
                    option + "=" + file + " contains an encrypted key that ssl_key_password does not open", e);
        }
    }

    /** Trusts whoever responds. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
