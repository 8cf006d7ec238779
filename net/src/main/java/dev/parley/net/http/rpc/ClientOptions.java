package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.socket.Trust;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.TlsFiles;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options of clients that concern proxies, TLS and the form of requests.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>Option</th><th>Default</th><th>Range</th></tr>
 * <tr><td>{@code content_type}, the {@code Content-Type} of requests</td><td>by wire</td><td>a media type</td></tr>
 * <tr><td>{@code gzip_threshold}, the smallest request in bytes that is compressed</td><td>none is</td>
 * <td>0 to 1,000,000,000</td></tr>
 * <tr><td>{@code cookies}, whether those of the server are kept and sent back</td><td>{@code false}</td>
 * <td>a flag</td></tr>
 * <tr><td>{@code ssl_ca_file}, {@code ssl_cert_file}, {@code ssl_key_file}, {@code ssl_key_password}, see
 * {@link TlsFiles}; https only</td><td>the JVM's</td><td>files</td></tr>
 * <tr><td>{@code insecure_skip_verify}: any certificate is good; https only</td><td>{@code false}</td>
 * <td>a flag</td></tr>
 * </table>
 *
 * <p>Stateless and thread-safe.
 */
final class ClientOptions {
    private static final Logger log = LoggerFactory.getLogger(ClientOptions.class);

    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?: *;[\\x20-\\x7e]*)?");

    private ClientOptions() {}

    /**
     * Reads the options.
     *
     * @param tls the TLS context of the client's builder; {@code null} if it has none
     * @throws InvalidTargetException if an option is malformed, or contradicts another or the builder
     */
    static void read(HttpClient.Builder client, Address address, AddressOptions options, @Nullable SSLContext tls) {
        String contentType = options.textOrNull("content_type");
        if (contentType != null) {
            if (!MEDIA_TYPE.matcher(contentType).matches()) {
                throw new InvalidTargetException(
                        "option content_type=" + contentType + " must be a media type such as application/json-rpc");
            }
            client.contentType(contentType);
        }
        client.gzipThreshold(options.integer("gzip_threshold", Integer.MAX_VALUE, 0, 1_000_000_000));
        client.cookies(options.flag("cookies", false));
        Trust trust = Trust.read(address, HttpAddress.isSecure(address), options, tls);
        if (trust.context() != null) {
            client.sslContext(trust.context());
        }
        client.verifyHost(trust.verifyHost());
    }

    /**
     * Sets the proxy for requests of this URL.
     *
     * @param option the value of the option {@code proxy}; without it the JVM's {@link ProxySelector} is asked
     * @throws InvalidTargetException if the option is malformed, or the JVM knows no proxy but SOCKS ones
     */
    static void proxy(HttpClient.Builder client, URI url, @Nullable String option) {
        if (option == null) {
            URI found = ofJvm(url);
            if (found != null) {
                log.debug("requests to {} go through the proxy {} of the JVM's settings", url.getHost(), found);
                client.proxy(found);
            }
        } else if (!option.equals("none")) {
            try {
                client.proxy(URI.create(option));
            } catch (IllegalArgumentException e) {
                // The value is not shown, since it may contain a password.
                throw new InvalidTargetException(
                        "option proxy must be a URL of the form http://[user:password@]host:port, or none");
            }
        }
    }

    /** The proxy that the JVM's settings name; {@code null} if requests go to the server directly. */
    private static @Nullable URI ofJvm(URI url) {
        ProxySelector selector = ProxySelector.getDefault();
        List<Proxy> proxies = selector == null ? List.of() : selector.select(url);
        boolean socks = false;
        for (Proxy each : proxies) {
            if (each.type() == Proxy.Type.DIRECT) {
                return null;
            } else if (each.type() == Proxy.Type.HTTP && each.address() instanceof InetSocketAddress address) {
                String host = address.getHostString();
                return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
            }
            socks = true;
        }
        if (socks) {
            throw new InvalidTargetException("the JVM's settings name a SOCKS proxy for " + url.getHost()
                    + ", which is not supported: use the option proxy=http://host:port, or proxy=none to connect"
                    + " directly");
        }
        return null;
    }
}
