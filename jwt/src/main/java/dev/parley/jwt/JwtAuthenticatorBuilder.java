package dev.parley.jwt;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Builds a {@link JwtAuthenticator}, from one source of keys, an issuer and an audience. Not thread-safe. */
public final class JwtAuthenticatorBuilder {
    private static final Duration MAX_SKEW = Duration.ofHours(1);

    private @Nullable Supplier<KeySource> source;
    private @Nullable String issuer;
    private final Set<String> audiences = new LinkedHashSet<>();
    private String principalClaim = "sub";
    private boolean requireExpiry = true;
    private Duration clockSkew = Duration.ofSeconds(60);
    private int maxTokenLength = 8 * 1024;
    private @Nullable SSLContext keysTls;
    private Duration keysTimeout = Duration.ofSeconds(5);
    private int keysMaxBytes = 64 * 1024;
    private Duration keysRefresh = Duration.ofMinutes(10);
    private Duration keysMaxAge = Duration.ofHours(1);
    private Duration keysPause = Duration.ofSeconds(10);
    private Clock clock = Clock.systemUTC();

    JwtAuthenticatorBuilder() {}

    /**
     * Takes the keys from a file: a JWK set (RFC 7517) or a single JWK, or public keys or certificates in PEM. Keys are
     * RSA of at least 2048 bits (RS256 to PS512), EC on P-256, P-384 or P-521 (ES256 to ES512), or Ed25519 (EdDSA); in a
     * JWK set also shared secrets (HS256 to HS512). Private keys are refused.
     */
    public JwtAuthenticatorBuilder keyFile(Path file) {
        Objects.requireNonNull(file, "file");
        return source(() -> new FileKeys(file, false));
    }

    /**
     * Takes a secret that is shared with the issuer from a file: the bytes of its text, without spaces and line ends
     * around it, at least 32 (HS256; 48 for HS384, 64 for HS512). Whoever has it can make tokens; prefer public keys.
     */
    public JwtAuthenticatorBuilder secretFile(Path file) {
        Objects.requireNonNull(file, "file");
        return source(() -> new FileKeys(file, true));
    }

    /**
     * Takes the keys from the JWK set at an https URL, the issuer's {@code jwks_uri}. It is fetched with the first token,
     * and again once it is old or a token names a key that it does not have; redirects are not followed. While it cannot
     * be fetched, callers are told to try again later.
     *
     * @throws IllegalArgumentException if the scheme is not https, or there is no host
     */
    public JwtAuthenticatorBuilder keysUrl(URI url) {
        if (!"https".equalsIgnoreCase(url.getScheme()) || url.getHost() == null || url.getUserInfo() != null) {
            throw new IllegalArgumentException("the URL of the keys must be https://HOST/…, without user info");
        }
        return source(() -> new RemoteKeys(
                url, new RemoteKeys.Settings(keysTls, keysTimeout, keysMaxBytes, keysRefresh, keysMaxAge, keysPause)));
    }

    private JwtAuthenticatorBuilder source(Supplier<KeySource> given) {
        if (source != null) {
            throw new IllegalStateException("keys are taken from one source: keyFile, secretFile or keysUrl");
        }
        source = given;
        return this;
    }

    /** What the claim {@code iss} must be, exactly. */
    public JwtAuthenticatorBuilder issuer(String required) {
        issuer = notBlank("issuer", required);
        return this;
    }

    /** What the claim {@code aud} must be or contain; of several audiences, one. */
    public JwtAuthenticatorBuilder audience(String... accepted) {
        for (String each : accepted) {
            audiences.add(notBlank("audience", each));
        }
        return this;
    }

    /** The claim with the principal's name, a string; by default {@code sub}. */
    public JwtAuthenticatorBuilder principalClaim(String claim) {
        principalClaim = notBlank("principalClaim", claim);
        return this;
    }

    /** Whether a token needs an expiry ({@code exp}); by default it does. Without one it is good as long as its key. */
    public JwtAuthenticatorBuilder requireExpiry(boolean required) {
        requireExpiry = required;
        return this;
    }

    /**
     * How far the issuer's clock may differ, for {@code exp} and {@code nbf}; by default 60 s.
     *
     * @throws IllegalArgumentException if it is negative or more than an hour
     */
    public JwtAuthenticatorBuilder clockSkew(Duration skew) {
        if (skew.isNegative() || skew.compareTo(MAX_SKEW) > 0) {
            throw new IllegalArgumentException("clockSkew must be from 0 to an hour, not " + skew);
        }
        clockSkew = Duration.ofSeconds(skew.toSeconds());
        return this;
    }

    /**
     * How many characters a token may have; by default 8,192.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JwtAuthenticatorBuilder maxTokenLength(int characters) {
        maxTokenLength = positive("maxTokenLength", characters);
        return this;
    }

    /** The TLS context for {@link #keysUrl}; by default the JVM's. */
    public JwtAuthenticatorBuilder keysTls(SSLContext context) {
        keysTls = Objects.requireNonNull(context, "context");
        return this;
    }

    /**
     * How long fetching from {@link #keysUrl} may take in all; by default 5 s.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JwtAuthenticatorBuilder keysTimeout(Duration timeout) {
        keysTimeout = positive("keysTimeout", timeout);
        return this;
    }

    /**
     * How many bytes the JWK set at {@link #keysUrl} may have; by default 65,536.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JwtAuthenticatorBuilder keysMaxBytes(int bytes) {
        keysMaxBytes = positive("keysMaxBytes", bytes);
        return this;
    }

    /**
     * How old fetched keys get before they are fetched anew; by default 10 minutes.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JwtAuthenticatorBuilder keysRefresh(Duration age) {
        keysRefresh = positive("keysRefresh", age);
        return this;
    }

    /**
     * How old fetched keys get while they cannot be fetched anew; by default an hour. Then no token is accepted.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JwtAuthenticatorBuilder keysMaxAge(Duration age) {
        keysMaxAge = positive("keysMaxAge", age);
        return this;
    }

    /**
     * The least time between two attempts to fetch the keys, whatever tokens ask for; by default 10 s.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public JwtAuthenticatorBuilder keysPause(Duration pause) {
        keysPause = positive("keysPause", pause);
        return this;
    }

    /** What the time is. */
    JwtAuthenticatorBuilder clock(Clock given) {
        clock = given;
        return this;
    }

    /**
     * Builds it, and reads the file of keys.
     *
     * @throws IllegalStateException if keys, issuer or audience are not given
     * @throws dev.parley.InvalidTargetException if the file cannot be used; the message shows no secret
     */
    public JwtAuthenticator build() {
        if (source == null) {
            throw new IllegalStateException("keys are needed: keyFile, secretFile or keysUrl");
        }
        if (issuer == null || audiences.isEmpty()) {
            throw new IllegalStateException("an issuer and an audience are needed: without them tokens that were made"
                    + " for other servers would be accepted");
        }
        return new JwtAuthenticator(
                source.get(),
                issuer,
                Set.copyOf(audiences),
                requireExpiry,
                clockSkew,
                principalClaim,
                maxTokenLength,
                clock);
    }

    private static String notBlank(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        return value;
    }

    private static int positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
        return value;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(name + " must be positive and at most 365 days, not " + value);
        }
        return value;
    }
}
