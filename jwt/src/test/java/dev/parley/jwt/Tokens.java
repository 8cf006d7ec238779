package dev.parley.jwt;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** Keys, and tokens that are signed by the JDK alone, not by the library that is tested. */
final class Tokens {
    static final String ISSUER = "https://issuer.example";
    static final String AUDIENCE = "calculator";

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Tokens() {}

    /** Signs what stands before the last period of a token. */
    interface Signer {
        byte[] sign(byte[] input) throws GeneralSecurityException;
    }

    static KeyPair rsa(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    static KeyPair ed25519() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    static Signer by(String algorithm, PrivateKey key) {
        return input -> {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(input);
            return signature.sign();
        };
    }

    static Signer by(String algorithm, byte[] secret) {
        return input -> {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return mac.doFinal(input);
        };
    }

    /** Claims that are good for an hour. */
    static Map<String, Object> claims() {
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("aud", AUDIENCE);
        claims.put("sub", "alice");
        claims.put("exp", now + 3600);
        return claims;
    }

    static Map<String, Object> with(Map<String, Object> members, String name, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(members);
        if (value == null) {
            copy.remove(name);
        } else {
            copy.put(name, value);
        }
        return copy;
    }

    static String token(Map<String, Object> header, Map<String, Object> claims, Signer signer)
            throws GeneralSecurityException {
        return token(json(header), json(claims), signer);
    }

    static String token(String header, String claims, Signer signer) throws GeneralSecurityException {
        String input = encode(header) + "." + encode(claims);
        return input + "." + BASE64.encodeToString(signer.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    static String encode(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String json(Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    static String pem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END " + kind
                + "-----\n";
    }

    static Map<String, Object> jwk(String id, PublicKey key) {
        Map<String, Object> jwk = new LinkedHashMap<>();
        if (id != null) {
            jwk.put("kid", id);
        }
        switch (key) {
            case RSAPublicKey rsa -> {
                jwk.put("kty", "RSA");
                jwk.put("n", unsigned(rsa.getModulus()));
                jwk.put("e", unsigned(rsa.getPublicExponent()));
            }
            case ECPublicKey ec -> {
                jwk.put("kty", "EC");
                jwk.put("crv", "P-256");
                jwk.put("x", unsigned(ec.getW().getAffineX()));
                jwk.put("y", unsigned(ec.getW().getAffineY()));
            }
            default -> {
                byte[] encoded = key.getEncoded();
                jwk.put("kty", "OKP");
                jwk.put("crv", "Ed25519");
                jwk.put("x", BASE64.encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
            }
        }
        return jwk;
    }

    private static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int length = Math.max(32, (number.bitLength() + 7) / 8);
        byte[] padded = new byte[length];
        int from = Math.max(0, bytes.length - length);
        System.arraycopy(bytes, from, padded, length - (bytes.length - from), bytes.length - from);
        return BASE64.encodeToString(padded);
    }
}
