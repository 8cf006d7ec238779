package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.BrowserPolicy;
import dev.parley.net.http.server.HttpLimits;
import dev.parley.net.http.server.HttpServer;
import dev.parley.security.Authenticator;
import dev.parley.security.LoginLimits;
import dev.parley.spi.Authentication;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What an address says about the HTTP server behind it, so that several addresses can share one. Immutable.
 *
 * @param address the address, for messages
 * @param host the host to listen on
 * @param port the TCP port, 0 for a free one
 * @param unixPath the socket file, instead of host and port; {@code null} for TCP
 * @param limits the limits
 * @param required the credentials that each request must have by the address; {@code null} for none
 * @param authentication the server's; {@code null} for none
 * @param tls the TLS context; {@code null} for plain text
 * @param accessLog whether requests are logged at INFO
 * @param browsers which web pages may call
 */
public record HttpSettings(
        Address address,
        String host,
        int port,
        @Nullable Path unixPath,
        HttpLimits limits,
        @Nullable BasicCredentials required,
        @Nullable Authentication authentication,
        @Nullable SSLContext tls,
        boolean accessLog,
        BrowserPolicy browsers) {
    /** A server of these settings, without handlers. */
    public HttpServer.Builder server() {
        HttpServer.Builder server =
                HttpServer.builder().limits(limits).accessLog(accessLog).browsers(browsers);
        if (unixPath != null) {
            server.bindUnix(unixPath);
        } else {
            server.bind(host, port);
        }
        if (tls != null) {
            server.tls(tls, null);
        }
        return server.authentication(
                required == null
                        ? authentication
                        : new Authentication(
                                Authenticator.password(required.user(), required.password()), LoginLimits.defaults()));
    }

    private static boolean matches(BasicCredentials given, BasicCredentials required) {
        // Both parts at once and in constant time, so that the duration does not reveal which of them is wrong.
        return MessageDigest.isEqual(
                given.toHeader().getBytes(StandardCharsets.US_ASCII),
                required.toHeader().getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * What servers have in common that cannot be two: a socket address or a socket file. {@code null} for a free port,
     * which is never shared, and for an unknown host.
     */
    @Nullable
    Object place() {
        if (unixPath != null) {
            return unixPath.toAbsolutePath().normalize();
        }
        try {
            return port == 0 ? null : new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /**
     * Checks that another address can share the server of this one.
     *
     * @throws InvalidTargetException naming what differs
     */
    void check(HttpSettings other) {
        String difference = difference(other);
        if (difference != null) {
            throw new InvalidTargetException(HttpAddress.shown(other.address) + " and " + HttpAddress.shown(address)
                    + " listen on one port, so they must have the same " + difference);
        }
    }

    private boolean sameUser(HttpSettings other) {
        BasicCredentials mine = required;
        BasicCredentials theirs = other.required;
        return mine == null || theirs == null ? mine == null && theirs == null : matches(theirs, mine);
    }

    private @Nullable String difference(HttpSettings other) {
        if ((tls == null) != (other.tls == null)) {
            return "scheme, http or https";
        } else if (!sameUser(other)) {
            return "user and password";
        } else if (!limits.idleTimeout().equals(other.limits.idleTimeout())) {
            return "idle_timeout";
        } else if (!limits.readTimeout().equals(other.limits.readTimeout())) {
            return "read_timeout";
        } else if (!limits.requestTimeout().equals(other.limits.requestTimeout())) {
            return "request_timeout";
        } else if (!limits.halfCloseTimeout().equals(other.limits.halfCloseTimeout())) {
            return "half_close_timeout";
        } else if (limits.maxConnections() != other.limits.maxConnections()) {
            return "max_connections";
        }
        if (!browsers.equals(other.browsers)) {
            return "origins and hosts";
        }
        return accessLog == other.accessLog ? null : "access_log";
    }
}
