package dev.parley.security;

import dev.parley.RpcServer;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a caller is. One authenticator serves all wires of a server; see
 * {@link RpcServer.Builder#authenticator(Authenticator)}.
 *
 * <p>Implementations are thread-safe. They compare secrets in constant time, and take as long for an unknown user as for
 * a wrong password: {@link java.security.MessageDigest#isEqual}.
 */
public interface Authenticator {
    /**
     * The kinds of credentials that it can accept, always the same. A wire that can carry none of them is refused when
     * the server starts. {@link Credentials.None} lets callers without credentials in.
     */
    Set<Class<? extends Credentials>> accepts();

    /**
     * Finds out who has these credentials. May block: it runs on a virtual thread, never on one that a wire reads with.
     *
     * @param credentials of one of the kinds that it {@link #accepts}
     * @return the caller; {@code null} if the credentials are wrong
     * @throws RuntimeException if that cannot be found out now, which is logged; the caller is told to try again later
     */
    @Nullable
    Principal authenticate(Credentials credentials);

    /**
     * Reads files and the like anew; called by {@link RpcServer#reset}. Does nothing by default.
     *
     * @throws RuntimeException if that fails; what was read before stays in force
     */
    default void reload() {}

    /** This authenticator and another one, which is asked about the credentials that this one does not accept. */
    default Authenticator or(Authenticator other) {
        return new Authenticators.Either(this, Objects.requireNonNull(other, "other"));
    }

    /**
     * Accepts each client certificate that the server's TLS context trusts; the principal is its subject, such as
     * {@code CN=alice,O=Example}. The context must trust the authorities of the clients only, and not, for instance,
     * those of all web sites.
     */
    static Authenticator certificates() {
        return Authenticators.CERTIFICATES;
    }

    /** Lets callers without credentials in, as {@link User#ANONYMOUS}; for {@link #or}. */
    static Authenticator anonymous() {
        return Authenticators.ANONYMOUS;
    }

    /**
     * Accepts one user and password, which the program has from elsewhere.
     *
     * @param user the user's name
     * @param password the password
     */
    static Authenticator password(String user, String password) {
        return new Authenticators.OnePassword(
                Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
    }

    /**
     * Asks authenticators one after another, until one accepts the credentials.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Authenticator firstOf(List<? extends Authenticator> authenticators) {
        Authenticator all = null;
        for (Authenticator each : authenticators) {
            all = all == null ? each : all.or(each);
        }
        if (all == null) {
            throw new IllegalArgumentException("at least one authenticator is needed");
        }
        return all;
    }
}
