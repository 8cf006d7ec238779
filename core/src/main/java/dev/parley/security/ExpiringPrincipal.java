package dev.parley.security;

import java.security.Principal;
import java.time.Instant;

/**
 * A principal whose credentials are good until a certain time. Until then, and no longer than
 * {@link LoginLimits#cacheTime}, they are accepted again without asking the {@link Authenticator}. Connections that
 * log in once, such as WebSockets, stay open beyond that time.
 */
public interface ExpiringPrincipal extends Principal {
    /** When the credentials expire; {@link Instant#MAX} if they do not. */
    Instant expiresAt();
}
