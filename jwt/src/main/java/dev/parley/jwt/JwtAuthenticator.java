package dev.parley.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.spi.PrintableText;
import java.security.Principal;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts bearer tokens that are JSON Web Tokens, signed by an issuer for this server; the principal is a
 * {@link JwtUser}. Made by a {@link #builder}. {@link #reload} reads the keys anew. Thread-safe.
 *
 * <p>A token needs the issuer and the audience, a signature by one of the keys with an algorithm that the key's type
 * allows, and a time of expiry. What it says of keys itself ({@code jku}, {@code x5u}, {@code jwk}, {@code x5c}) is not
 * looked at. Unsigned and encrypted tokens, and those with critical header parameters ({@code crit}), are refused. The
 * caller does not learn why a token is refused; the log does, at level debug, without the token.
 */
public final class JwtAuthenticator implements Authenticator {
    private static final Logger log = LoggerFactory.getLogger(JwtAuthenticator.class);

    /** Access tokens (RFC 9068), and those of no stated kind; not, for instance, tokens that log a user out. */
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

    private final KeySource keys;
    private final DefaultJWTClaimsVerifier<SecurityContext> claims;
    private final String issuer;
    private final String principalClaim;
    private final Duration clockSkew;
    private final int maxTokenLength;

    JwtAuthenticator(
            KeySource keys,
            String issuer,
            Set<String> audiences,
            boolean requireExpiry,
            Duration clockSkew,
            String principalClaim,
            int maxTokenLength,
            Clock clock) {
        this.keys = keys;
        this.issuer = issuer;
        this.principalClaim = principalClaim;
        this.clockSkew = clockSkew;
        this.maxTokenLength = maxTokenLength;
        this.claims =
                new DefaultJWTClaimsVerifier<>(
                        audiences,
                        new JWTClaimsSet.Builder().issuer(issuer).build(),
                        requireExpiry ? Set.of("exp") : Set.of(),
                        Set.of()) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew((int) clockSkew.toSeconds());
    }

    /** A builder, which needs keys, an issuer and an audience. */
    public static JwtAuthenticatorBuilder builder() {
        return new JwtAuthenticatorBuilder();
    }

    /** Why a token is refused. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    @Override
    public Set<Class<? extends Credentials>> accepts() {
        return Set.of(Credentials.Token.class);
    }

    /**
     * Finds out who has a token.
     *
     * @throws IllegalStateException if the keys cannot be fetched now
     */
    @Override
    public @Nullable Principal authenticate(Credentials credentials) {
        if (!(credentials instanceof Credentials.Token given)) {
            return null;
        }
        try {
            SignedJWT token = parse(given.value());
            verify(token);
            return user(token);
        } catch (RefusedException | BadJWTException e) {
            log.debug("refused a token: {}", PrintableText.line(e.getMessage()));
            return null;
        }
    }

    private SignedJWT parse(String token) throws RefusedException {
        if (token.length() > maxTokenLength) {
            throw new RefusedException(
                    "it has " + token.length() + " characters, which exceeds the limit of " + maxTokenLength);
        }
        SignedJWT parsed;
        try {
            parsed = SignedJWT.parse(token);
        } catch (ParseException | RuntimeException e) {
            // The message may quote the token.
            throw new RefusedException("it is not a signed JWT");
        }
        JWSHeader header = parsed.getHeader();
        if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
            throw new RefusedException("its header has parameters that change its meaning");
        }
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))) {
            throw new RefusedException("its type is " + type.getType());
        }
        return parsed;
    }

    private void verify(SignedJWT token) throws RefusedException {
        JWSHeader header = token.getHeader();
        List<VerificationKey> known = keys.keys();
        if (known.stream().noneMatch(key -> key.hasId(header))) {
            known = keys.newerKeys();
            if (known.stream().noneMatch(key -> key.hasId(header))) {
                throw new RefusedException("no key has the kid " + header.getKeyID());
            }
        }
        boolean fitting = false;
        for (VerificationKey key : known) {
            if (key.fits(header)) {
                fitting = true;
                if (isSignedBy(key, token)) {
                    return;
                }
            }
        }
        throw new RefusedException(
                fitting ? "its signature is wrong" : "its algorithm " + header.getAlgorithm() + " fits no key");
    }

    private static boolean isSignedBy(VerificationKey key, SignedJWT token) throws RefusedException {
        try {
            return key.verifier().verify(token.getHeader(), token.getSigningInput(), token.getSignature());
        } catch (JOSEException e) {
            throw new RefusedException("its signature cannot be verified: " + e.getMessage());
        }
    }

    private JwtUser user(SignedJWT token) throws RefusedException, BadJWTException {
        JWTClaimsSet set;
        Map<String, Object> all;
        try {
            set = token.getJWTClaimsSet();
            all = token.getPayload().toJSONObject();
        } catch (ParseException | RuntimeException e) {
            throw new RefusedException("its claims are malformed");
        }
        if (set == null || all == null) {
            throw new RefusedException("it has no claims");
        }
        claims.verify(set, null);
        if (!(all.get(principalClaim) instanceof String name) || name.isBlank()) {
            throw new RefusedException("it has no claim " + principalClaim + " that names the caller");
        }
        Date expiry = set.getExpirationTime();
        return new JwtUser(
                name, all, expiry == null ? Instant.MAX : expiry.toInstant().plus(clockSkew));
    }

    @Override
    public void reload() {
        keys.reload();
    }

    @Override
    public String toString() {
        return "JwtAuthenticator[" + keys + ", issuer=" + issuer + "]";
    }
}
