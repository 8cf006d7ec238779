package dev.parley.interop.examples;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.TypeRef;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client of the Zabbix API, from 5.0 to 7.4: it asks the server for its version, and logs in and sends its
 * credentials as that version wants them. A session that has ended is renewed once per call.
 *
 * <p>Thread-safe.
 */
public final class ZabbixApi implements AutoCloseable {
    /** The version of a server. */
    public record Version(int major, int minor) implements Comparable<Version> {
        static Version parse(String text) {
            String[] parts = text.split("[^0-9]+");
            if (parts.length < 2) {
                throw new IllegalArgumentException("not the version of a Zabbix server: " + text);
            }
            return new Version(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }

        @Override
        public int compareTo(Version other) {
            return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
        }

        /** Whether it is this version or a later one. */
        public boolean isAtLeast(int wantedMajor, int wantedMinor) {
            return compareTo(new Version(wantedMajor, wantedMinor)) >= 0;
        }
    }

    private record Login(String user, String password) {}

    private static final String PATH = "api_jsonrpc.php";

    private final String address;
    private final RpcClient open;
    private final Version version;
    private final ReentrantLock changes = new ReentrantLock();
    private volatile @Nullable Session session;

    /**
     * Credentials, and the client that sends them.
     *
     * @param login how to renew them; {@code null} for a token, and for a session that was given
     */
    private record Session(
            String id, boolean token, @Nullable Login login, RpcClient client) {}

    private ZabbixApi(String address, RpcClient open) {
        this.address = address;
        this.open = open;
        this.version = Version.parse(Objects.requireNonNull(open.call("apiinfo.version", String.class)));
    }

    /**
     * Connects and asks for the version.
     *
     * @param url of the frontend, with or without {@code api_jsonrpc.php}
     */
    public static ZabbixApi connect(String url) {
        String whole = url.endsWith(PATH) ? url : url.replaceFirst("/+$", "") + "/" + PATH;
        String address = "jsonrpc+" + whole;
        RpcClient open = RpcClient.connect(address);
        try {
            return new ZabbixApi(address, open);
        } catch (RuntimeException e) {
            open.close();
            throw e;
        }
    }

    /**
     * Connects and logs in as the variables say that other programs read too: {@code ZABBIX_URL}, and
     * {@code ZABBIX_TOKEN} or {@code ZABBIX_USER} and {@code ZABBIX_PASSWORD}.
     *
     * @param variables {@code System.getenv()}
     */
    public static ZabbixApi connect(Map<String, String> variables) {
        String token = variables.get("ZABBIX_TOKEN");
        String user = variables.get("ZABBIX_USER");
        String password = variables.get("ZABBIX_PASSWORD");
        if (token == null && (user == null || password == null)) {
            throw new IllegalArgumentException("set ZABBIX_TOKEN, or ZABBIX_USER and ZABBIX_PASSWORD");
        }
        ZabbixApi api = connect(variables.getOrDefault("ZABBIX_URL", "http://127.0.0.1/zabbix"));
        try {
            return token != null ? api.token(token) : api.login(Objects.requireNonNull(user), password);
        } catch (RuntimeException e) {
            api.close();
            throw e;
        }
    }

    /** The server's version. */
    public Version version() {
        return version;
    }

    /** Logs in; the session ends with {@link #logout} or {@link #close}. */
    public ZabbixApi login(String user, @Nullable String password) {
        Login login = new Login(user, Objects.requireNonNull(password, "password"));
        use(session(login));
        return this;
    }

    /** Uses an API token, which servers have since 5.4. */
    public ZabbixApi token(String token) {
        if (!version.isAtLeast(5, 4)) {
            throw new IllegalArgumentException("Zabbix " + version.major() + "." + version.minor()
                    + " has no API tokens; log in with user and password");
        }
        use(new Session(token, true, null, client(token)));
        return this;
    }

    /**
     * Uses a session of an earlier run again, and renews it with user and password if it has ended.
     *
     * @param id what {@link #session()} returned then
     */
    public ZabbixApi resume(String id, String user, String password) {
        use(new Session(id, false, new Login(user, password), client(id)));
        return checkAuth() ? this : login(user, password);
    }

    /** The id of the session, to be {@linkplain #resume resumed}; {@code null} for none. */
    public @Nullable String session() {
        Session current = session;
        return current == null || current.token() ? null : current.id();
    }

    /** Whether the server accepts the credentials now. */
    public boolean checkAuth() {
        Session current = session;
        if (current == null) {
            return false;
        }
        try {
            open.call(
                    "user.checkAuthentication",
                    Object.class,
                    Args.named(current.token() ? "token" : "sessionid", current.id()));
            return true;
        } catch (RpcException e) {
            if (e.code() == null) {
                // Nothing that the server said.
                throw e;
            }
            return false;
        }
    }

    /** Calls a method. */
    public <T> @Nullable T call(String method, TypeRef<T> type, Args params) {
        Session current = session;
        try {
            return (current == null ? open : current.client()).call(method, type, params);
        } catch (RpcException e) {
            // An ended session is found before the method runs: nothing is done twice.
            if (current == null
                    || current.login() == null
                    || !String.valueOf(e.getMessage()).contains("re-login")) {
                throw e;
            }
            return renewed(current, current.login()).client().call(method, type, params);
        }
    }

    /** Calls a {@code get} method. */
    public <T> List<T> list(String method, TypeRef<List<T>> type, Args params) {
        return Objects.requireNonNullElse(call(method, type, params), List.of());
    }

    /** Ends the session; a token stays valid. */
    public void logout() {
        changes.lock();
        try {
            Session current = session;
            session = null;
            if (current != null) {
                try (RpcClient client = current.client()) {
                    if (!current.token()) {
                        client.call("user.logout", Boolean.class);
                    }
                }
            }
        } finally {
            changes.unlock();
        }
    }

    /** Closes the connections. The session stays, so that it can be {@linkplain #resume resumed}. */
    @Override
    public void close() {
        Session current = session;
        if (current != null) {
            current.client().close();
        }
        open.close();
    }

    private Session session(Login login) {
        Args params = Args.named(version.isAtLeast(5, 4) ? "username" : "user", login.user())
                .and("password", login.password());
        String id = Objects.requireNonNull(open.call("user.login", String.class, params));
        return new Session(id, false, login, client(id));
    }

    /** The session that several callers may have found ended is renewed once. */
    private Session renewed(Session ended, Login login) {
        changes.lock();
        try {
            Session current = session;
            if (current != null && !current.equals(ended)) {
                return current;
            }
            Session renewed = session(login);
            use(renewed);
            return renewed;
        } finally {
            changes.unlock();
        }
    }

    private void use(Session next) {
        changes.lock();
        try {
            Session before = session;
            session = next;
            if (before != null) {
                before.client().close();
            }
        } finally {
            changes.unlock();
        }
    }

    /** Servers read a header since 6.4, and only that since 7.2; older ones want a member of each request. */
    private RpcClient client(String credentials) {
        String option = version.isAtLeast(6, 4) ? "token" : "auth";
        return RpcClient.connect(
                address + "?peer=zabbix&" + option + "=" + URLEncoder.encode(credentials, StandardCharsets.UTF_8));
    }
}
