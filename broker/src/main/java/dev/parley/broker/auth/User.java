package dev.parley.broker.auth;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A user with a password, tags that say what of the management API it may use, and grants by the name of the virtual
 * host. Immutable.
 *
 * @param loopbackOnly whether the user can log in only from this machine
 * @param grants virtual hosts that are not among them cannot be opened
 */
public record User(
        String name, PasswordHash password, boolean loopbackOnly, List<String> tags, Map<String, Grant> grants) {
    /** The tags of who may do everything. */
    public static final List<String> ADMINISTRATOR = List.of("administrator");
    /** The tags of who may use what the permissions say. */
    public static final List<String> MANAGEMENT = List.of("management");

    /** Copies tags and grants. */
    public User {
        tags = List.copyOf(tags);
        grants = Map.copyOf(grants);
    }

    boolean hasPassword(String other) {
        return password.matches(other);
    }

    /** A copy with another grant in a virtual host; {@code null} takes it away. */
    User with(String virtualHost, @Nullable Grant grant) {
        Map<String, Grant> changed = new TreeMap<>(grants);
        if (grant == null) {
            changed.remove(virtualHost);
        } else {
            changed.put(virtualHost, grant);
        }
        return new User(name, password, loopbackOnly, tags, changed);
    }

    /** Whether the user may use the management API at all. */
    public boolean isManager() {
        return tags.contains("management") || isPolicyMaker() || isMonitor();
    }

    /** Whether the user may see what belongs to all users. */
    public boolean isMonitor() {
        return tags.contains("monitoring") || isAdministrator();
    }

    /** Whether the user may keep policies. */
    public boolean isPolicyMaker() {
        return tags.contains("policymaker") || isAdministrator();
    }

    /** Whether the user may do everything in the management API. */
    public boolean isAdministrator() {
        return tags.contains("administrator");
    }

    /** The name; the password stays out of logs. */
    @Override
    public String toString() {
        return name;
    }
}
