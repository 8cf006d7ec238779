package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.Headers;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpLimits;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.AddressOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of the wires that speak HTTP, the same for all of them: {@code …+http}, {@code …+https} and {@code …+unix}.
 *
 * <p>In {@code …+unix:///run/service.sock} the path is the socket's file, and the option {@code path} the HTTP path. User info is Basic credentials: sent
 * by a client, demanded by a server. Options of a server: {@code idle_timeout} (seconds, default 75), {@code read_timeout} (seconds, default 30) and
 * {@code max_connections} (default 10,000), see {@link HttpLimits}. Options of a client: {@code connect_timeout} (seconds, default 10),
 * {@code max_connections} (default 256) and {@code proxy} ({@code http://host:port}); {@link #token} reads one more. Stateless.
 */
public final class HttpAddress {
    private HttpAddress() {}

    /** The HTTP path of an address, or the default if it has none. Reads the option {@code path} of a Unix-domain address. */
    public static String path(Address address, AddressOptions options, String defaultPath) {
        String path = isUnix(address)
                ? Optional.ofNullable(options.text("path", null)).orElse("")
                : address.path();
        if (!path.isEmpty() && !path.startsWith("/")) {
            throw new InvalidTargetException("option path=" + path + " must start with a slash");
        }
        return path.isEmpty() ? defaultPath : path;
    }

    /**
     * A server for this address, without paths yet. Reads its options.
     *
     * @param tls the keys for {@code https}
     * @throws InvalidTargetException if an option is out of range, {@code https} comes without keys, or a Unix-domain address without a file
     */
    public static HttpServer.Builder server(
            Address address, AddressOptions options, Limits limits, @Nullable SSLContext tls) {
        AddressOptions own = options.ofServer();
        HttpLimits defaults = HttpLimits.defaults();
        HttpServer.Builder server = HttpServer.builder()
                .limits(defaults.withMaxBody(limits.messageBytes())
                        .withIdleTimeout(positive(own, "idle_timeout", defaults.idleTimeout()))
                        .withReadTimeout(positive(own, "read_timeout", defaults.readTimeout()))
                        .withMaxConnections(
                                own.integer("max_connections", defaults.maxConnections(), 1, Integer.MAX_VALUE)));
        if (isUnix(address)) {
            server.bindUnix(socketFile(address));
        } else {
            server.bind(address.host(), address.port(isSecure(address) ? 443 : 80));
        }
        if (isSecure(address)) {
            if (tls == null) {
                throw new InvalidTargetException(address + " needs a TLS context with a key and certificate");
            }
            server.tls(tls, null);
        }
        credentials(address).ifPresent(wanted -> server.basicAuth("parley", given -> same(given, wanted)));
        return server;
    }

    /**
     * A client of this address. Reads its options.
     *
     * @param path the HTTP path
     * @param tls trust, and perhaps keys, for {@code https}; the JDK's if null
     * @throws InvalidTargetException if an option is out of range, or a Unix-domain address has no file
     */
    public static HttpClient.Builder client(
            Address address, AddressOptions options, Limits limits, String path, @Nullable SSLContext tls) {
        boolean unix = isUnix(address);
        boolean secure = isSecure(address);
        String name = unix ? "localhost" : address.host();
        String host = name.contains(":") ? "[" + name + "]" : name;
        int port = unix ? 80 : address.port(secure ? 443 : 80);
        try {
            HttpClient.Builder client = HttpClient.builder(
                            URI.create((secure ? "https://" : "http://") + host + ":" + port + path))
                    .connectTimeout(positive(options, "connect_timeout", Duration.ofSeconds(10)))
                    .maxConnections(options.integer("max_connections", 256, 1, 1_000_000))
                    .maxResponse(limits.messageBytes());
            credentials(address).ifPresent(client::credentials);
            if (unix) {
                client.unixSocket(socketFile(address));
            }
            String proxy = options.text("proxy", null);
            if (proxy != null) {
                client.proxy(URI.create(proxy));
            }
            if (tls != null) {
                client.sslContext(tls);
            }
            return client;
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(address + ": " + e.getMessage());
        }
    }

    /** The header field for the option {@code token}, {@code Authorization: Bearer …}; none without it. */
    public static Headers token(AddressOptions options) {
        String token = options.text("token", null);
        return token == null ? Headers.empty() : Headers.of("Authorization", "Bearer " + token);
    }

    /** The address with the port really bound. */
    public static Address bound(Address address, HttpServer server) {
        return server.port() < 0 ? address : address.withPort(server.port());
    }

    private static boolean isUnix(Address address) {
        return address.scheme().endsWith("unix");
    }

    private static boolean isSecure(Address address) {
        return address.scheme().endsWith("https");
    }

    private static Path socketFile(Address address) {
        if (address.path().length() < 2) {
            throw new InvalidTargetException(
                    address.scheme() + " needs the socket's file, as in " + address.scheme() + ":///run/service.sock");
        }
        return Path.of(address.path());
    }

    private static Duration positive(AddressOptions options, String name, Duration defaultValue) {
        Duration value = options.seconds(name, defaultValue);
        if (value.isZero()) {
            throw new InvalidTargetException("option " + name + " must be more than 0 seconds");
        }
        return value;
    }

    private static Optional<BasicCredentials> credentials(Address address) {
        String user = address.user();
        String password = address.password();
        return user == null
                ? Optional.empty()
                : Optional.of(new BasicCredentials(user, password == null ? "" : password));
    }

    private static boolean same(BasicCredentials given, BasicCredentials wanted) {
        // Compared as one, in constant time: how long it takes must not tell which of the two is wrong.
        return MessageDigest.isEqual(
                given.toHeader().getBytes(StandardCharsets.US_ASCII),
                wanted.toHeader().getBytes(StandardCharsets.US_ASCII));
    }
}
