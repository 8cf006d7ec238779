package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.RpcException;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.Headers;
import dev.parley.net.socket.Trust;
import dev.parley.net.websocket.UpgradeRefusedException;
import dev.parley.net.websocket.WebSocketClient;
import dev.parley.net.websocket.WebSocketOptions;
import dev.parley.spi.AddressOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Turns the addresses of RPC over WebSocket, {@code …+ws} and {@code …+wss}, into clients and the options of servers, for
 * which {@link HttpAddress#settings} has the rest. User info is Basic credentials, sent with the upgrade.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>Option</th><th>Side</th><th>Default</th><th>Range</th></tr>
 * <tr><td>{@code ping_interval}, see {@link WebSocketOptions#pingInterval}</td><td>both</td><td>30 s</td>
 * <td>0, which is never, to a year</td></tr>
 * <tr><td>{@code ping_timeout}, see {@link WebSocketOptions#pingTimeout}</td><td>both</td><td>60 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code close_timeout}</td><td>both</td><td>5 s</td><td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code message_timeout}, see {@link WebSocketOptions#messageTimeout}</td><td>both</td><td>60 s</td>
 * <td>more than 0, at most 86400</td></tr>
 * <tr><td>{@code compression}, whether permessage-deflate is used</td><td>both</td><td>true</td><td></td></tr>
 * <tr><td>{@code compress_above}, bytes of messages that are sent compressed</td><td>both</td><td>1400</td>
 * <td>0 or more</td></tr>
 * <tr><td>{@code max_frame}</td><td>both</td><td>the largest message</td><td>1 or more</td></tr>
 * <tr><td>{@code max_fragments}</td><td>both</td><td>10,000</td><td>1 or more</td></tr>
 * <tr><td>{@code subprotocol}, with commas between several</td><td>both</td><td>{@code jsonrpc} on a server, none on a
 * client</td><td>tokens</td></tr>
 * <tr><td>{@code origin}, the field {@code Origin} of the upgrade</td><td>client</td><td>none</td>
 * <td>printable Latin-1</td></tr>
 * <tr><td>{@code connect_timeout}, {@code query}, {@code token}, {@code user_agent}, those of TLS</td><td>client</td>
 * <td colspan="2">as over HTTP</td></tr>
 * </table>
 *
 * <p>Stateless and thread-safe.
 */
public final class WebSocketAddress {
    private static final String PROTOCOL = "JSON-RPC over WebSocket";

    private WebSocketAddress() {}

    /**
     * The options of connections.
     *
     * @param defaultSubprotocols for an address that names none
     * @throws InvalidTargetException if an option is malformed or out of range
     */
    public static WebSocketOptions options(AddressOptions options, Limits limits, List<String> defaultSubprotocols) {
        int maxMessage = limits.messageBytes();
        WebSocketOptions defaults = WebSocketOptions.defaults();
        String names = options.textOrNull("subprotocol");
        List<String> subprotocols = names == null
                ? defaultSubprotocols
                : Arrays.stream(names.split(",", -1)).map(String::strip).toList();
        if (subprotocols.stream().anyMatch(name -> !name.matches("[!#$%&'*+.^_`|~A-Za-z0-9-]+"))) {
            throw new InvalidTargetException(
                    "option subprotocol=" + names + " must be names such as jsonrpc, with commas between them");
        }
        boolean compress = options.flag("compression", true);
        int above = options.integer("compress_above", defaults.compressAbove(), 0, Integer.MAX_VALUE);
        return defaults.withLimits(
                        maxMessage,
                        options.integer("max_frame", maxMessage, 1, Integer.MAX_VALUE),
                        options.integer("max_fragments", defaults.maxFragments(), 1, Integer.MAX_VALUE))
                .withPings(
                        options.seconds("ping_interval", defaults.pingInterval()),
                        options.positiveSeconds("ping_timeout", defaults.pingTimeout()))
                .withCloseTimeout(options.positiveSeconds("close_timeout", defaults.closeTimeout()))
                .withMessageTimeout(options.positiveSeconds("message_timeout", defaults.messageTimeout()))
                .withCompressAbove(compress ? above : -1)
                .withSubprotocols(subprotocols);
    }

    /**
     * A client for this address. Reads the options of clients.
     *
     * @param path the path of the upgrade request
     * @param fields header fields of it, which replace those that the address means; may be null
     * @param tls trust, and perhaps keys, for {@code wss}; those of the Java runtime if null
     * @throws InvalidTargetException if an option is malformed or out of range, or the address has both user info and
     *     the option {@code token}
     */
    public static WebSocketClient client(
            Address address,
            AddressOptions options,
            Limits limits,
            String path,
            @Nullable Map<String, String> fields,
            @Nullable SSLContext tls) {
        BasicCredentials credentials = HttpAddress.credentials(address, options);
        String token = options.text("token", null);
        if (credentials != null && token != null) {
            throw new InvalidTargetException(HttpAddress.shown(address)
                    + " has both user info and the option token; a request carries only one of them");
        }
        Duration connectTimeout = options.connectTimeout();
        String userAgent = options.textOrDefault("user_agent", "Parley");
        String origin = options.textOrNull("origin");
        URI url = HttpAddress.url(address, path, options.textOrNull("query"));
        try {
            Headers headers = Headers.of("User-Agent", userAgent);
            if (origin != null) {
                headers = headers.with("Origin", origin);
            }
            if (credentials != null) {
                headers = headers.with("Authorization", credentials.toHeader());
            } else if (token != null) {
                headers = headers.with("Authorization", "Bearer " + token);
            }
            WebSocketClient.Builder client = WebSocketClient.builder(
                            URI.create(url.toString().replaceFirst("^http", "ws")))
                    .headers(fields == null ? headers : replaced(headers, fields))
                    .connectTimeout(connectTimeout)
                    .options(options(options, limits, List.of()));
            Trust trust = Trust.read(address, HttpAddress.isSecure(address), options, tls);
            if (trust.context() != null) {
                client.sslContext(trust.context());
            }
            return client.verifyHost(trust.verifyHost()).build();
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(HttpAddress.shown(address) + ": " + e.getMessage());
        }
    }

    private static Headers replaced(Headers headers, Map<String, String> fields) {
        Headers others = Headers.empty();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            others = others.with(field.getKey(), field.getValue());
        }
        return headers.replace(others);
    }

    /** The error for a connection that could not be opened. */
    public static RpcException error(Address address, WebSocketClient client, Throwable cause) {
        if (cause instanceof UpgradeRefusedException refused) {
            return new Refusal(address, client.toString(), PROTOCOL, "{[").of(refused.response());
        }
        boolean tls = cause instanceof SSLException || cause.getCause() instanceof SSLException;
        return new ConnectionLostException(
                (tls ? "TLS with " + client + " failed: " : "cannot connect to " + HttpAddress.shown(address) + ": ")
                        + cause.getMessage(),
                cause);
    }
}
