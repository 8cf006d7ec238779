package dev.parley.spi;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.LoginLimits;
import java.security.Principal;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Asks a server's {@link Authenticator} on behalf of the wires: off the event loops, with a delay after failures, and
 * not again for what it has just accepted. Thread-safe.
 */
public final class Authentication {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(Authentication.class));

    private final Authenticator authenticator;
    private final Set<Class<? extends Credentials>> kinds;
    private final LoginFailures failures;
    private final AcceptedLogins accepted;

    /** Asks an authenticator, within these limits. */
    public Authentication(Authenticator authenticator, LoginLimits limits) {
        this.authenticator = Objects.requireNonNull(authenticator, "authenticator");
        this.kinds = Set.copyOf(authenticator.accepts());
        this.failures = new LoginFailures(limits);
        this.accepted = new AcceptedLogins(limits.cacheTime());
    }

    /** Whether credentials of a kind can be accepted. */
    public boolean accepts(Class<? extends Credentials> kind) {
        return kinds.contains(kind);
    }

    /** Whether credentials of this kind alone can be accepted. */
    public boolean acceptsOnly(Class<? extends Credentials> kind) {
        return kinds.size() == 1 && kinds.contains(kind);
    }

    /**
     * Finds out who has these credentials. Never blocks.
     *
     * @param peer the caller's network address, to which delays apply
     * @return completed already if the outcome is known; else completes on another thread, which must not block
     */
    public CompletableFuture<Login> authenticate(Credentials credentials, @Nullable String peer) {
        if (!accepts(credentials.getClass())) {
            return CompletableFuture.completedFuture(new Login.Refused());
        }
        String key = accepted.key(credentials);
        Principal known = accepted.find(key);
        if (known != null) {
            return CompletableFuture.completedFuture(new Login.Accepted(known));
        }
        LoginFailures.Host host = failures.enter(LoginFailures.host(peer));
        if (host == null) {
            faults.warn(peer, "refused a login: too many wait to be checked");
            return CompletableFuture.completedFuture(new Login.Unavailable());
        }
        CompletableFuture<Login> outcome = new CompletableFuture<>();
        after(
                failures.delayNanos(host),
                () -> Thread.ofVirtual()
                        .name("parley-login")
                        .start(() -> check(credentials, key, peer, host, outcome)));
        return outcome;
    }

    private void check(
            Credentials credentials,
            @Nullable String key,
            @Nullable String peer,
            LoginFailures.Host host,
            CompletableFuture<Login> outcome) {
        Login login;
        long generation = accepted.generation();
        try {
            Principal caller = authenticator.authenticate(credentials);
            if (caller == null) {
                login = new Login.Refused();
                faults.warn(peer, "refused a login: wrong {}", credentials);
            } else {
                login = new Login.Accepted(caller);
                accepted.add(key, caller, generation);
            }
        } catch (RuntimeException | Error e) {
            faults.error(peer, "cannot find out whether {} is right", credentials, e);
            login = new Login.Unavailable();
        }
        Login ended = login;
        long delay = 0;
        if (ended instanceof Login.Refused && !(credentials instanceof Credentials.None)) {
            delay = failures.failed(host);
        } else if (ended instanceof Login.Accepted && !(credentials instanceof Credentials.None)) {
            failures.succeeded(host);
        }
        after(delay, () -> {
            failures.leave(host);
            outcome.complete(ended);
        });
    }

    private static void after(long nanos, Runnable task) {
        if (nanos <= 0) {
            task.run();
        } else {
            Timers.after(nanos, task);
        }
    }

    /**
     * The principal of the callers of a wire that can carry no credentials of the kinds that are accepted.
     *
     * @param address of the wire, for the message
     * @param carries what the wire can carry, for the message
     * @throws InvalidTargetException if callers without credentials are not accepted
     */
    public Principal withoutCredentials(Address address, String carries) {
        Principal caller = accepts(Credentials.None.class) ? authenticator.authenticate(new Credentials.None()) : null;
        if (caller == null) {
            throw new InvalidTargetException(address + " cannot be used with this server's authenticator: the wire "
                    + carries + ". Leave the address out, or accept callers without credentials with"
                    + " Authenticator.anonymous() (--allow-anonymous of 'parley serve')");
        }
        return caller;
    }

    /** Lets the authenticator read anew, and forgets what it has accepted. */
    public void reload() {
        try {
            authenticator.reload();
        } finally {
            accepted.forget();
        }
    }
}
