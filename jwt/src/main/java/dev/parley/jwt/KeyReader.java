package dev.parley.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads keys: JWK sets, PEM, shared secrets. The errors show nothing of what is read. Stateless. */
final class KeyReader {
    private static final Logger log = LoggerFactory.getLogger(KeyReader.class);

    /** A token without a {@code kid} is tried with each. */
    private static final int MAX_KEYS = 100;

    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private KeyReader() {}

    /**
     * Reads a JWK set, a single JWK, or public keys and certificates in PEM.
     *
     * @throws IllegalArgumentException if that cannot be used, with the reason
     */
    static List<VerificationKey> read(String text) {
        if (text.startsWith("{")) {
            return set(text, true);
        }
        if (text.contains("-----BEGIN ")) {
            return pem(text);
        }
        throw new IllegalArgumentException("expected is a JWK set, or a public key in PEM (BEGIN PUBLIC KEY)");
    }

    /**
     * Reads a shared secret: the bytes of the text itself.
     *
     * @throws IllegalArgumentException if it cannot be used, with the reason
     */
    static VerificationKey secret(String text) {
        if (text.contains("-----BEGIN ") || text.startsWith("{")) {
            throw new IllegalArgumentException("expected is a shared secret, not a JWK set or PEM");
        }
        return VerificationKey.ofSecret(null, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a JWK set, or a single JWK. Keys of a kind that cannot verify tokens are left out.
     *
     * @param own whether it is the user's own, which may have shared secrets but no private keys
     * @throws IllegalArgumentException if it is malformed or has no key that is of use
     */
    static List<VerificationKey> set(String json, boolean own) {
        List<JWK> all;
        try {
            Map<String, Object> members = JSONObjectUtils.parse(json);
            all = members.containsKey("keys") ? JWKSet.parse(members).getKeys() : List.of(JWK.parse(members));
        } catch (ParseException | RuntimeException e) {
            // Its message may quote the text.
            throw new IllegalArgumentException("malformed JWK set");
        }
        if (all.size() > MAX_KEYS) {
            throw new IllegalArgumentException("the JWK set has " + all.size() + " keys; the limit is " + MAX_KEYS);
        }
        List<VerificationKey> keys = new ArrayList<>();
        String reason = "it has no keys";
        for (JWK key : all) {
            if (own && key.isPrivate() && !(key instanceof OctetSequenceKey)) {
                throw new IllegalArgumentException("the JWK set has a private key; the public one is enough to verify");
            }
            try {
                keys.add(VerificationKey.of(key, own));
            } catch (IllegalArgumentException e) {
                reason = String.valueOf(e.getMessage());
                log.debug("left out a key of a JWK set: {}", reason);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key of the JWK set can be used: " + reason);
        }
        return List.copyOf(keys);
    }

    private static List<VerificationKey> pem(String text) {
        List<VerificationKey> keys = new ArrayList<>();
        Matcher matcher = PEM.matcher(text);
        while (matcher.find()) {
            byte[] bytes;
            try {
                bytes = Base64.getMimeDecoder().decode(matcher.group(2));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("malformed PEM");
            }
            keys.add(VerificationKey.of(
                    switch (matcher.group(1)) {
                        case "PUBLIC KEY" -> publicKey(bytes);
                        case "CERTIFICATE" -> certificate(bytes);
                        default ->
                            throw new IllegalArgumentException(
                                    "PEM of the kind " + matcher.group(1) + "; expected is PUBLIC KEY or CERTIFICATE");
                    }));
        }
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException(
                    keys.isEmpty() ? "malformed PEM" : "more than " + MAX_KEYS + " keys in PEM");
        }
        return List.copyOf(keys);
    }

    private static PublicKey publicKey(byte[] encoded) {
        for (String type : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(encoded));
            } catch (GeneralSecurityException e) {
                log.trace("not a key of the type {}", type);
            }
        }
        throw new IllegalArgumentException("the PUBLIC KEY is malformed or neither RSA, EC nor EdDSA");
    }

    private static PublicKey certificate(byte[] encoded) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded))
                    .getPublicKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the CERTIFICATE is malformed");
        }
    }
}
