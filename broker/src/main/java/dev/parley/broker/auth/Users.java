package dev.parley.broker.auth;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a broker: those that have a password here, and those that a check of the user's own lets in. Logins are
 * made by {@link PendingLogin}. Thread-safe.
 */
public final class Users {
    private static final Logger log = LoggerFactory.getLogger(Users.class);

    private static final User NOBODY = new User("", PasswordHash.of(""), false, List.of(), Map.of());

    /** The longest name in the log. */
    private static final int MAX_LOGGED = 60;
    /** The longest name that is given to a check, as long as a short string of AMQP. */
    private static final int MAX_NAME = 255;
    /** As long as a handshake may take. */
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(10);

    private static final int MAX_CHECKS = 64;

    private final Map<String, User> byName = new ConcurrentHashMap<>();
    private final LoginDelays delays;
    private final @Nullable PasswordCheck check;
    private final Function<? super String, User> others;
    /** What was granted later to users that the check lets in. */
    private final Map<String, User> checkedUsers = new ConcurrentHashMap<>();

    private final Semaphore checks = new Semaphore(MAX_CHECKS);

    /**
     * Creates it with these users, whose names are unique.
     *
     * @param delays the delays after failed logins
     * @param check checks the logins of all other users; {@code null} if there are none
     * @param others makes the user of a name that the check lets in
     */
    public Users(
            Collection<User> users,
            LoginDelays delays,
            @Nullable PasswordCheck check,
            Function<? super String, User> others) {
        users.forEach(user -> byName.put(user.name(), user));
        this.delays = delays;
        this.check = check;
        this.others = others;
    }

    /** The users that have a password here, by name. */
    public List<User> all() {
        return byName.values().stream().sorted(Comparator.comparing(User::name)).toList();
    }

    /** The user of this name that has a password here; {@code null} if there is none. */
    public @Nullable User find(String name) {
        return byName.get(name);
    }

    /** Adds a user, or gives one that exists another password and other tags; returns whether it is new. */
    public boolean put(String name, PasswordHash password, List<String> tags) {
        boolean[] added = {false};
        byName.compute(name, (key, old) -> {
            added[0] = old == null;
            return old == null
                    ? new User(name, password, false, tags, Map.of())
                    : new User(name, password, old.loopbackOnly(), tags, old.grants());
        });
        return added[0];
    }

    /** Removes a user; returns false if there is none. Connections of the user are not closed. */
    public boolean remove(String name) {
        return byName.remove(name) != null;
    }

    /**
     * Changes what a user may do in a virtual host.
     *
     * @param grant {@code null} takes it away
     * @return whether it was granted nothing there before; {@code null} if there is no such user with a password here
     */
    public @Nullable Boolean grant(String name, String virtualHost, @Nullable Grant grant) {
        boolean[] added = {false};
        User changed = byName.computeIfPresent(name, (key, user) -> {
            added[0] = !user.grants().containsKey(virtualHost);
            return user.with(virtualHost, grant);
        });
        return changed == null ? null : added[0];
    }

    /** Grants everything in a virtual host that this user has created. */
    public void grantCreator(User creator, String virtualHost) {
        if (grant(creator.name(), virtualHost, Grant.ALL) == null) {
            checkedUsers.compute(
                    creator.name(), (key, user) -> (user == null ? creator : user).with(virtualHost, Grant.ALL));
        }
    }

    /** Takes away all grants in a virtual host, which was deleted. */
    public void revokeAll(String virtualHost) {
        byName.replaceAll((name, user) -> user.with(virtualHost, null));
        checkedUsers.replaceAll((name, user) -> user.with(virtualHost, null));
    }

    LoginDelays delays() {
        return delays;
    }

    /** A permit for each check that may block. */
    Semaphore checks() {
        return checks;
    }

    /** How long a check that may block can take. */
    Duration checkTimeout() {
        return CHECK_TIMEOUT;
    }

    /** Whether {@link #authenticate} has to block. */
    boolean mayBlock(Credentials credentials) {
        return check != null && credentials instanceof Credentials.Password login && !byName.containsKey(login.name());
    }

    /** Whether {@code guest} can log in from other machines with the password that everybody knows. */
    public boolean letGuestInFromOutside() {
        User guest = byName.get("guest");
        return guest != null && !guest.loopbackOnly() && guest.hasPassword("guest");
    }

    /**
     * The user with these credentials if it may log in from this address; {@code null} otherwise. May block, see
     * {@link #mayBlock}.
     *
     * @param from the address of the client; {@code null} if the transport has none
     * @param blocks whether it may block; if not, a user who is deleted at this moment is refused
     */
    @Nullable
    User authenticate(Credentials credentials, @Nullable InetAddress from, boolean blocks) {
        return switch (credentials) {
            case Credentials.Password login ->
                blocks && mayBlock(login) ? checked(login, from) : known(login.name(), login.password(), from);
            case Credentials.Certificate certificate -> external(certificate.distinguishedName(), from);
            case Credentials.Malformed malformed -> {
                log.warn("login from {} refused: malformed credentials", host(from));
                yield null;
            }
        };
    }

    private @Nullable User known(String name, String password, @Nullable InetAddress from) {
        User user = byName.get(name);
        // For an unknown user too, so that the duration does not tell which users there are.
        boolean matches = (user == null ? NOBODY : user).hasPassword(password);
        if (user == null || !matches) {
            log.warn(
                    "login of user '{}' from {} refused: {}",
                    printable(name),
                    host(from),
                    user == null ? "no such user" : "wrong password");
            return null;
        }
        return admit(name, from);
    }

    private @Nullable User checked(Credentials.Password login, @Nullable InetAddress from) {
        String name = login.name();
        PasswordCheck other = check;
        if (other == null
                || name.isEmpty()
                || name.length() > MAX_NAME
                || name.chars().anyMatch(Character::isISOControl)) {
            log.warn("login of user '{}' from {} refused: not a valid name", printable(name), host(from));
            return null;
        }
        try {
            if (other.accepts(name, login.password())) {
                User known = checkedUsers.get(name);
                return known != null ? known : others.apply(name);
            }
            log.warn("login of user '{}' from {} refused by the login check", printable(name), host(from));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception | Error e) {
            // Without its message and trace: they are of the user's own code, which may quote the password.
            log.error(
                    "login of user '{}' from {} refused: the login check failed with {} at {}",
                    printable(name),
                    host(from),
                    e.getClass().getName(),
                    e.getStackTrace().length == 0 ? "an unknown place" : e.getStackTrace()[0]);
        }
        return null;
    }

    /** By the distinguished name, as RabbitMQ does, or else by the common name in it. */
    private @Nullable User external(String distinguishedName, @Nullable InetAddress from) {
        User user = admit(distinguishedName, from);
        if (user == null) {
            for (String part : distinguishedName.split(",")) {
                if (user == null && part.strip().startsWith("CN=")) {
                    user = admit(part.strip().substring(3), from);
                }
            }
        }
        if (user == null) {
            log.warn(
                    "login of certificate '{}' from {} refused: no such user",
                    printable(distinguishedName),
                    host(from));
        }
        return user;
    }

    private @Nullable User admit(String name, @Nullable InetAddress from) {
        User user = byName.get(name);
        if (user != null && user.loopbackOnly() && from != null && !from.isLoopbackAddress()) {
            log.warn("user '{}' can only log in from this machine; login from {} refused", name, host(from));
            return null;
        }
        return user;
    }

    /** Who logs in, as a log may show it. */
    static String described(Credentials credentials) {
        return switch (credentials) {
            case Credentials.Password login -> "user '" + printable(login.name()) + "'";
            case Credentials.Certificate certificate ->
                "certificate '" + printable(certificate.distinguishedName()) + "'";
            case Credentials.Malformed malformed -> "nobody";
        };
    }

    private static String host(@Nullable InetAddress from) {
        return from == null ? "an unknown host" : from.getHostAddress();
    }

    /** A name as a log may show it: a client gives any, before it is authenticated. */
    private static String printable(String name) {
        String shown = name.length() > MAX_LOGGED ? name.substring(0, MAX_LOGGED) + "..." : name;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
