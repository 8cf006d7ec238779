package dev.parley.jwt;

import dev.parley.security.ExpiringPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The principal of a caller with a JSON Web Token: a name, and the claims that the issuer has signed. Two are equal if
 * their names are, so that a new token does not make another principal. Immutable.
 */
public final class JwtUser implements ExpiringPrincipal {
    private final String name;
    private final Map<String, @Nullable Object> claims;
    private final Instant expiresAt;

    JwtUser(String name, Map<String, ? extends @Nullable Object> claims, Instant expiresAt) {
        this.name = name;
        this.claims = copy(claims);
        this.expiresAt = expiresAt;
    }

    private static Map<String, @Nullable Object> copy(Map<?, ? extends @Nullable Object> claims) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        claims.forEach((claim, value) -> copy.put(String.valueOf(claim), copy(value)));
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof Map<?, ? extends @Nullable Object> members) {
            return copy(members);
        }
        if (value instanceof List<? extends @Nullable Object> elements) {
            List<@Nullable Object> copy = new ArrayList<>();
            elements.forEach(element -> copy.add(copy(element)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }

    /** The value of the claim that names the caller, {@code sub} by default. */
    @Override
    public String getName() {
        return name;
    }

    /**
     * All claims as JSON has them: strings, numbers ({@link Long} or {@link Double}), booleans, {@code null},
     * unmodifiable lists and maps. Times are numbers of seconds since 1970.
     */
    public Map<String, @Nullable Object> claims() {
        return claims;
    }

    /** The value of a claim, as in {@link #claims}; {@code null} if the token does not have it. */
    public @Nullable Object claim(String claim) {
        return claims.get(claim);
    }

    /** The token's {@code exp}, and the clock skew that is tolerated. */
    @Override
    public Instant expiresAt() {
        return expiresAt;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JwtUser user && name.equals(user.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
