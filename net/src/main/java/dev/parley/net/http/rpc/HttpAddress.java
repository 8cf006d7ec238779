package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.BrowserPolicy;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpLimits;
import dev.parley.net.http.server.HttpServer;
import dev.parley.security.Credentials;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Authentication;
import dev.parley.spi.ServerContext;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Turns the addresses of RPC over HTTP into servers and clients: {@code …+http}, {@code …+https} and {@code …+unix}.
 *
 * <p>In {@code …+unix:///run/service.sock} the path is the socket file; the option {@code path} is the HTTP path. User
 * info is Basic credentials: a client sends them, a server requires them.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>Option</th><th>Side</th><th>Default</th><th>Range</th></tr>
 * <tr><td>{@code path}</td><td>both, Unix-domain only</td><td>by wire</td><td>starts with a slash</td></tr>
 * <tr><td>{@code idle_timeout}, see {@link HttpLimits#idleTimeout}</td><td>server</td><td>75 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code read_timeout}, see {@link HttpLimits#readTimeout}</td><td>server</td><td>30 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code request_timeout}, see {@link HttpLimits#requestTimeout}</td><td>server</td><td>60 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code half_close_timeout}, see {@link HttpLimits#halfCloseTimeout}</td><td>server</td><td>5 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code max_connections}</td><td>server</td><td>10,000</td><td>1 or more</td></tr>
 * <tr><td>{@code paths}, further HTTP paths</td><td>server</td><td>none</td><td>start with a slash, commas between
 * them</td></tr>
 * <tr><td>{@code access_log}, whether requests are logged at INFO</td><td>server</td><td>false</td><td></td></tr>
 * <tr><td>{@code origins}, of web pages that may call</td><td>server</td><td>the server's own</td>
 * <td>{@code scheme://host[:port]}, commas between them</td></tr>
 * <tr><td>{@code hosts}, names that browsers may use on a loopback address</td><td>server</td>
 * <td>{@code localhost}</td><td>commas between them</td></tr>
 * <tr><td>{@code connect_timeout}, TLS included</td><td>client</td><td>10 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code idle_timeout}, after which an unused connection is closed</td><td>client</td><td>4 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code max_connections}</td><td>client</td><td>256</td><td>1 to 1,000,000</td></tr>
 * <tr><td>{@code query}, the query of the URL of each request</td><td>client</td><td>none</td>
 * <td>as it is sent</td></tr>
 * <tr><td>{@code user_agent}</td><td>client</td><td>{@code Parley}</td><td>printable Latin-1</td></tr>
 * <tr><td>{@code proxy}</td><td>client</td><td>as the JVM's settings say</td>
 * <td>{@code http://[user:password@]host:port}, {@code none}</td></tr>
 * <tr><td>{@code token}, sent as {@code Authorization: Bearer}</td><td>client</td><td>none</td>
 * <td>printable Latin-1, without user info</td></tr>
 * </table>
 *
 * <p>The other options of clients are in {@link ClientOptions}.
 *
 * <p>Stateless and thread-safe.
 */
public final class HttpAddress {
    private static final Pattern QUERY = Pattern.compile("(?:[A-Za-z0-9-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*");

    private HttpAddress() {}

    /**
     * The HTTP path of an address. Reads the option {@code path} of a Unix-domain address.
     *
     * @throws InvalidTargetException if the option does not start with a slash
     */
    public static String path(Address address, AddressOptions options, String defaultPath) {
        String path = isUnix(address) ? options.text("path", "") : options.path();
        if (path == null || path.isEmpty()) {
            return defaultPath;
        }
        if (!path.startsWith("/")) {
            throw new InvalidTargetException("option path=" + path + " must start with a slash");
        }
        return path;
    }

    /**
     * The HTTP paths that a server serves: that of the address or else the wire's, and those of the option
     * {@code paths}.
     *
     * @throws InvalidTargetException if one of them does not start with a slash
     */
    public static List<String> paths(Address address, AddressOptions options, List<String> defaultPaths) {
        String first = path(address, options, "");
        Set<String> paths = new LinkedHashSet<>(first.isEmpty() ? defaultPaths : List.of(decoded(first, address)));
        String more = options.ofServer().text("paths", null);
        if (more != null) {
            for (String path : more.split(",", -1)) {
                if (!path.startsWith("/") || path.contains("?") || path.contains("#")) {
                    throw new InvalidTargetException("option paths=" + more
                            + " must be paths with commas between them, each of which starts with a slash");
                }
                paths.add(path);
            }
        }
        return List.copyOf(paths);
    }

    /** A path as the server compares it. The option {@code path} of a Unix-domain address is decoded already. */
    private static String decoded(String path, Address address) {
        if (isUnix(address)) {
            return path;
        }
        try {
            return new QueryStringDecoder(path).path();
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(shown(address) + ": the path has a malformed percent escape");
        }
    }

    /**
     * Which web pages may call a server. Reads the options {@code origins} and {@code hosts}.
     *
     * @throws InvalidTargetException if one is malformed
     */
    static BrowserPolicy browsers(AddressOptions options) {
        AddressOptions own = options.ofServer();
        List<String> origins = list(own.textOrNull("origins"));
        List<String> hosts = list(own.textOrNull("hosts"));
        try {
            return new BrowserPolicy(origins, hosts);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException("option " + e.getMessage());
        }
    }

    private static List<String> list(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    /**
     * The HTTP server of this address. Reads the options of servers.
     *
     * @param context has the keys for {@code https}, and who may call
     * @throws InvalidTargetException if an option is malformed or out of range, {@code https} is used without keys,
     *     a Unix-domain address does not name a socket file, or it cannot carry the credentials that are accepted
     */
    public static HttpSettings settings(Address address, AddressOptions options, ServerContext context) {
        SSLContext tls = context.tls();
        AddressOptions own = options.ofServer();
        HttpLimits defaults = HttpLimits.defaults();
        HttpLimits http = defaults.withMaxBody(context.values().limits().messageBytes())
                .withIdleTimeout(own.positiveSeconds("idle_timeout", defaults.idleTimeout()))
                .withReadTimeout(own.positiveSeconds("read_timeout", defaults.readTimeout()))
                .withRequestTimeout(own.positiveSeconds("request_timeout", defaults.requestTimeout()))
                .withHalfCloseTimeout(own.positiveSeconds("half_close_timeout", defaults.halfCloseTimeout()))
                .withMaxConnections(own.integer("max_connections", defaults.maxConnections(), 1, Integer.MAX_VALUE));
        boolean accessLog = own.flag("access_log", false);
        if (isSecure(address) && tls == null) {
            throw new InvalidTargetException(shown(address) + " needs a TLS context with a key and certificate"
                    + " (RpcServer.Builder.tls, or --cert of 'parley serve')");
        }
        BasicCredentials required = credentials(address, options);
        Authentication authentication = context.authentication();
        if (required != null && authentication != null) {
            throw new InvalidTargetException(shown(address)
                    + " has user info beside the server's authenticator, which would be without effect; leave it out");
        }
        if (authentication != null && authentication.acceptsOnly(Credentials.Certificate.class) && !isSecure(address)) {
            throw new InvalidTargetException(shown(address)
                    + " cannot carry client certificates, which the server's authenticator asks for; use "
                    + address.scheme().replaceFirst("\\+(http|unix)$", "+https").replaceFirst("\\+ws$", "+wss"));
        }
        return new HttpSettings(
                address,
                address.host(),
                address.port(defaultPort(address)),
                isUnix(address) ? socketFile(address, options) : null,
                http,
                required,
                authentication,
                isSecure(address) ? tls : null,
                accessLog,
                browsers(options));
    }

    /**
     * A client for this address. Reads the options of clients.
     *
     * @param path the HTTP path
     * @param tls trust, and perhaps keys, for {@code https}; those of the Java runtime if null
     * @throws InvalidTargetException if an option is malformed or out of range, the address has both user info and the
     *     option {@code token}, or a Unix-domain address does not name a socket file
     */
    public static HttpClient.Builder client(
            Address address, AddressOptions options, Limits limits, String path, @Nullable SSLContext tls) {
        BasicCredentials credentials = credentials(address, options);
        String token = options.text("token", null);
        if (credentials != null && token != null) {
            throw new InvalidTargetException(
                    shown(address) + " has both user info and the option token; a request carries only one of them");
        }
        Duration connectTimeout = options.connectTimeout();
        Duration idleTimeout = options.positiveSeconds("idle_timeout", Duration.ofSeconds(4));
        int maxConnections = options.integer("max_connections", 256, 1, 1_000_000);
        String proxy = isUnix(address) ? null : options.textOrNull("proxy");
        String query = options.textOrNull("query");
        String userAgent = options.textOrNull("user_agent");
        try {
            HttpClient.Builder client = HttpClient.builder(url(address, path, query))
                    .connectTimeout(connectTimeout)
                    .idleTimeout(idleTimeout)
                    .maxConnections(maxConnections)
                    .maxResponse(limits.messageBytes());
            if (credentials != null) {
                client.credentials(credentials);
            }
            if (token != null) {
                client.bearerToken(token);
            }
            if (isUnix(address)) {
                client.unixSocket(socketFile(address, options));
            }
            if (userAgent != null) {
                client.userAgent(userAgent);
            }
            if (!isUnix(address)) {
                ClientOptions.proxy(client, url(address, path, null), proxy);
            }
            ClientOptions.read(client, address, options, tls);
            return client;
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(shown(address) + ": " + e.getMessage());
        }
    }

    static URI url(Address address, String path, @Nullable String query) {
        String name = isUnix(address) ? "localhost" : address.host();
        String host = name.contains(":") ? "[" + name + "]" : name;
        int port = isUnix(address) ? 80 : address.port(defaultPort(address));
        URI url = URI.create((isSecure(address) ? "https://" : "http://") + host + ":" + port + path);
        if (query == null) {
            return url;
        }
        if (!QUERY.matcher(query).matches()) {
            // The value is not shown, since it may contain a key.
            throw new InvalidTargetException("option query must be the query of a URL as it is sent, such as"
                    + " key=value&name=a%20b, percent-encoded once more in the address: key%3Dvalue%26name%3Da%2520b");
        }
        return URI.create(url + "?" + query);
    }

    /** The address with the port that a started server listens on; unchanged if it is Unix-domain. */
    public static Address bound(Address address, HttpServer server) {
        return server.port() < 0 ? address : address.withPort(server.port());
    }

    private static boolean isUnix(Address address) {
        return address.scheme().endsWith("unix");
    }

    static boolean isSecure(Address address) {
        return address.scheme().endsWith("https") || address.scheme().endsWith("wss");
    }

    private static int defaultPort(Address address) {
        return isSecure(address) ? 443 : 80;
    }

    private static Path socketFile(Address address, AddressOptions options) {
        if (options.path().length() < 2) {
            throw new InvalidTargetException(
                    address.scheme() + " needs a socket file, as in " + address.scheme() + ":///run/service.sock");
        }
        return Path.of(address.path());
    }

    static @Nullable BasicCredentials credentials(Address address, AddressOptions options) {
        String user = options.user();
        String password = options.password();
        if (user == null) {
            return null;
        }
        try {
            return new BasicCredentials(user, password == null ? "" : password);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(shown(address) + ": " + e.getMessage());
        }
    }

    /** The address for error messages, without credentials. */
    static String shown(Address address) {
        return address.withoutOptions(Set.of("token", "proxy", "query")).toString();
    }
}
