package dev.parley.net.http.client;

import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server that an {@link HttpClient} sends its requests to, and the route to it. Immutable and thread-safe; its text
 * does not show credentials.
 */
final class Origin {
    final boolean secure;
    final String host;
    final int port;
    final String target;
    final @Nullable SSLContext sslContext;
    final boolean verifyHost;
    final @Nullable URI proxy;
    final @Nullable Path unixPath;

    /** The value of the {@code Authorization} field. */
    final @Nullable String authorization;

    Origin(HttpClient.Builder builder) {
        URI address = builder.address;
        this.secure = builder.secure;
        this.host = address.getHost();
        this.port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
        String path = address.getRawPath() == null || address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        this.target = address.getRawQuery() == null ? path : path + "?" + address.getRawQuery();
        this.sslContext = builder.sslContext;
        this.verifyHost = builder.verifyHost;
        this.proxy = builder.proxy;
        this.unixPath = builder.unixPath;
        this.authorization = builder.authorization;
    }

    /** The host without the brackets of an IPv6 address. */
    String hostName() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** The value of the {@code Host} field. */
    String authority() {
        return port == (secure ? 443 : 80) ? host : host + ":" + port;
    }

    /** Whether requests go to a proxy that forwards them, rather than through a tunnel. */
    boolean isForwarded() {
        return proxy != null && !secure && unixPath == null;
    }

    @Override
    public String toString() {
        int query = target.indexOf('?');
        return unixPath != null
                ? unixPath.toString()
                : (secure ? "https://" : "http://") + authority() + (query < 0 ? target : target.substring(0, query));
    }
}
