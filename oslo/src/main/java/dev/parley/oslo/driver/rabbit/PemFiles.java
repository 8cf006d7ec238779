package dev.parley.oslo.driver.rabbit;

import dev.parley.InvalidTargetException;
import dev.parley.oslo.options.OsloOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes a TLS context from the PEM files that the {@code ssl_…_file} options name. Safe for use by any thread. */
final class PemFiles {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = new char[0];

    private PemFiles() {}

    /**
     * Reads the files.
     *
     * @throws InvalidTargetException if a file cannot be used; the message names it
     */
    static SSLContext context(OsloOptions.Tls files) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManagerFactory trust = null;
            if (files.caFile() != null) {
                trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(store(certificates("ssl_ca_file", files.caFile())));
            }
            KeyManagerFactory keys = keys(files);
            context.init(
                    keys == null ? null : keys.getKeyManagers(), trust == null ? null : trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidTargetException("failed to set up TLS: " + e.getMessage(), e);
        }
    }

    private static @Nullable KeyManagerFactory keys(OsloOptions.Tls files)
            throws GeneralSecurityException, IOException {
        if (files.certFile() == null && files.keyFile() == null) {
            return null;
        } else if (files.certFile() == null || files.keyFile() == null) {
            throw new InvalidTargetException("options ssl_cert_file and ssl_key_file must be set together");
        }
        KeyStore store = store(List.of());
        store.setKeyEntry(
                "client",
                key(files.keyFile()),
                NO_PASSWORD,
                certificates("ssl_cert_file", files.certFile()).toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        return keys;
    }

    private static KeyStore store(Collection<? extends Certificate> trusted)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : trusted) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        return store;
    }

    private static Collection<? extends Certificate> certificates(String option, String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!found.isEmpty()) {
                return found;
            }
        } catch (IOException e) {
            throw new InvalidTargetException(option + "=" + file + " cannot be read: " + e, e);
        } catch (GeneralSecurityException e) {
            // Reported below.
        }
        throw new InvalidTargetException(option + "=" + file + " contains no certificate in PEM format");
    }

    private static PrivateKey key(String file) throws GeneralSecurityException {
        byte[] der;
        try {
            Matcher pem = KEY.matcher(Files.readString(Path.of(file)));
            if (!pem.find()) {
                throw new InvalidTargetException("ssl_key_file=" + file
                        + " contains no key in PKCS #8 format (BEGIN PRIVATE KEY);"
                        + " convert it with 'openssl pkcs8 -topk8 -nocrypt'");
            }
            der = Base64.getMimeDecoder().decode(pem.group(1));
        } catch (IOException e) {
            throw new InvalidTargetException("ssl_key_file=" + file + " cannot be read: " + e, e);
        }
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Try the next algorithm.
            }
        }
        throw new InvalidTargetException("ssl_key_file=" + file + " contains a key that is neither RSA, EC nor EdDSA");
    }
}
