package dev.parley.broker.auth;

import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The users of a broker. Immutable. */
public final class Users {
    private static final Logger log = LoggerFactory.getLogger(Users.class);

    private static final User NOBODY = new User("", "", false, Map.of());

    /** The longest name in the log. */
    private static final int MAX_LOGGED = 60;

    private final Map<String, User> byName;

    /** Creates it with these users, whose names are unique. */
    public Users(Collection<User> users) {
        Map<String, User> map = new LinkedHashMap<>();
        users.forEach(user -> map.put(user.name(), user));
        this.byName = Map.copyOf(map);
    }

    /** The user of this name if it may log in from this address. */
    @Nullable
    User find(String name, @Nullable InetAddress from) {
        User user = byName.get(name);
        if (user != null && user.loopbackOnly() && from != null && !from.isLoopbackAddress()) {
            log.warn("user '{}' can only log in from this machine; login from {} refused", name, from);
            return null;
        }
        return user;
    }

    /**
     * The user of this name if the password is right and the user may log in from this address; {@code null} otherwise.
     *
     * @param from the address of the client; {@code null} if the transport has none
     */
    public @Nullable User authenticate(String name, String password, @Nullable InetAddress from) {
        User user = byName.get(name);
        // For an unknown user too, so that the duration does not tell which users there are.
        boolean matches = (user == null ? NOBODY : user).hasPassword(password);
        if (user == null || !matches) {
            log.warn(
                    "login of user '{}' refused: {}",
                    printable(name),
                    user == null ? "no such user" : "wrong password");
            return null;
        }
        return find(name, from);
    }

    /** A name as a log may show it: a client gives any, before it is authenticated. */
    private static String printable(String name) {
        String shown = name.length() > MAX_LOGGED ? name.substring(0, MAX_LOGGED) + "..." : name;
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
