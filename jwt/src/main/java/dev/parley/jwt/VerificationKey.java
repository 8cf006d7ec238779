package dev.parley.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key, and the algorithms that its type allows: what keeps a token from having the public key of RSA taken for the
 * secret of HMAC. Immutable.
 */
final class VerificationKey {
    private static final int MIN_RSA_BITS = 2048;
    private static final int MIN_SECRET_BYTES = 32;

    /** What stands before the 32 bytes of a public key of Ed25519, by RFC 8410. */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    private final @Nullable String id;
    private final Set<JWSAlgorithm> algorithms;
    private final JWSVerifier verifier;

    private VerificationKey(@Nullable String id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {
        this.id = id;
        this.algorithms = algorithms;
        this.verifier = verifier;
    }

    /**
     * A public key without an id.
     *
     * @throws IllegalArgumentException if it cannot verify tokens, with the reason
     */
    static VerificationKey of(PublicKey key) {
        return of(null, key);
    }

    private static VerificationKey of(@Nullable String id, Key key) {
        try {
            if (key instanceof RSAPublicKey rsa) {
                if (rsa.getModulus().bitLength() < MIN_RSA_BITS) {
                    throw new IllegalArgumentException("the RSA key has "
                            + rsa.getModulus().bitLength() + " bits; at least " + MIN_RSA_BITS + " are needed");
                }
                return new VerificationKey(
                        id,
                        Set.of(
                                JWSAlgorithm.RS256,
                                JWSAlgorithm.RS384,
                                JWSAlgorithm.RS512,
                                JWSAlgorithm.PS256,
                                JWSAlgorithm.PS384,
                                JWSAlgorithm.PS512),
                        new RSASSAVerifier(rsa));
            }
            if (key instanceof ECPublicKey ec) {
                Curve curve = Curve.forECParameterSpec(ec.getParams());
                if (!Set.of(Curve.P_256, Curve.P_384, Curve.P_521).contains(curve)) {
                    throw new IllegalArgumentException("the EC key is not on the curve P-256, P-384 or P-521");
                }
                ECDSAVerifier verifier = new ECDSAVerifier(ec);
                return new VerificationKey(id, Set.copyOf(verifier.supportedJWSAlgorithms()), verifier);
            }
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the key cannot be used: " + e.getMessage(), e);
        }
        if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
            return new VerificationKey(id, Ed25519Verifier.ALGORITHMS, new Ed25519Verifier(ed));
        }
        throw new IllegalArgumentException(
                "a key of type " + key.getAlgorithm() + " cannot be used; RSA, EC and Ed25519 can");
    }

    /**
     * A shared secret.
     *
     * @throws IllegalArgumentException if it is too short
     */
    static VerificationKey ofSecret(@Nullable String id, byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("the secret has " + secret.length + " bytes; at least "
                    + MIN_SECRET_BYTES + " are needed, as long as the hash of HS256");
        }
        try {
            MACVerifier verifier = new MACVerifier(secret);
            Set<JWSAlgorithm> algorithms = new LinkedHashSet<>();
            for (JWSAlgorithm each : MACVerifier.SUPPORTED_ALGORITHMS) {
                if (MACVerifier.getMinRequiredSecretLength(each) <= secret.length * 8) {
                    algorithms.add(each);
                }
            }
            return new VerificationKey(id, Set.copyOf(algorithms), verifier);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret cannot be used", e);
        }
    }

    /**
     * A key of a JWK set, for the algorithm that it names, if it does.
     *
     * @param secrets whether it may be a shared secret
     * @throws IllegalArgumentException if it cannot verify tokens, with the reason
     */
    static VerificationKey of(JWK key, boolean secrets) {
        if (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.SIGNATURE)) {
            throw new IllegalArgumentException("its use is " + key.getKeyUse() + ", not sig");
        }
        if (key.getKeyOperations() != null && !key.getKeyOperations().contains(KeyOperation.VERIFY)) {
            throw new IllegalArgumentException("its operations (key_ops) do not include verify");
        }
        VerificationKey any = ofType(key, secrets);
        if (key.getAlgorithm() == null) {
            return any;
        }
        JWSAlgorithm algorithm = JWSAlgorithm.parse(key.getAlgorithm().getName());
        if (!any.algorithms.contains(algorithm)) {
            throw new IllegalArgumentException("its algorithm " + algorithm + " does not fit its type");
        }
        return new VerificationKey(any.id, Set.of(algorithm), any.verifier);
    }

    private static VerificationKey ofType(JWK key, boolean secrets) {
        String id = key.getKeyID();
        try {
            if (key instanceof OctetSequenceKey secret) {
                if (!secrets) {
                    throw new IllegalArgumentException("a shared secret has no place in a public set");
                }
                return ofSecret(id, secret.toByteArray());
            }
            if (key instanceof RSAKey rsa) {
                return of(id, rsa.toRSAPublicKey());
            }
            if (key instanceof ECKey ec) {
                return of(id, ec.toECPublicKey());
            }
            if (key instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
                byte[] encoded = new byte[ED25519.length + 32];
                byte[] x = pair.getDecodedX();
                if (x.length != 32) {
                    throw new IllegalArgumentException("x of an Ed25519 key has 32 bytes, not " + x.length);
                }
                System.arraycopy(ED25519, 0, encoded, 0, ED25519.length);
                System.arraycopy(x, 0, encoded, ED25519.length, x.length);
                return of(id, KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            }
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the key cannot be used: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("its type " + key.getKeyType() + " or curve cannot verify");
    }

    /** Whether a token with this header may be signed by this key. A key without an id fits any {@code kid}. */
    boolean fits(JWSHeader header) {
        return algorithms.contains(header.getAlgorithm()) && hasId(header);
    }

    /** Whether it is the key that the header names, or either of them has no id. */
    boolean hasId(JWSHeader header) {
        return id == null || header.getKeyID() == null || id.equals(header.getKeyID());
    }

    JWSVerifier verifier() {
        return verifier;
    }
}
