package dev.parley.net.websocket;

import dev.parley.net.http.Headers;
import dev.parley.net.socket.EventLoops;
import dev.parley.net.socket.Trust;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one WebSocket address. Connects without blocking, on {@link EventLoops#shared()}. Redirects are not
 * followed. Immutable and thread-safe.
 */
public final class WebSocketClient {
    private static final int MAX_HEADER = 16 << 10;

    final String host;
    final int port;
    final boolean secure;
    final String target;
    final Headers headers;
    final WebSocketOptions options;
    private final @Nullable SSLContext sslContext;
    private final boolean verifyHost;
    private final Duration connectTimeout;

    private WebSocketClient(Builder builder) {
        URI address = builder.address;
        this.secure = builder.secure;
        this.host = address.getHost();
        this.port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
        String path = address.getRawPath() == null || address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        this.target = address.getRawQuery() == null ? path : path + "?" + address.getRawQuery();
        this.headers = builder.headers;
        this.options = builder.options;
        this.sslContext = builder.sslContext;
        this.verifyHost = builder.verifyHost;
        this.connectTimeout = builder.connectTimeout;
    }

    /**
     * The settings of a new client.
     *
     * @param address {@code ws} or {@code wss}, without user info; an empty path means {@code /}
     * @throws IllegalArgumentException if the scheme is another, or the host is missing or malformed
     */
    public static Builder builder(URI address) {
        return new Builder(address);
    }

    /**
     * Opens a connection.
     *
     * @param events are told of it once it is open
     * @param failed is told, on an event loop, why it could not be opened: {@link UpgradeRefusedException} if the server
     *     responded with something else
     */
    public void connect(WebSocketEvents events, Consumer<Throwable> failed) {
        new Bootstrap()
                .group(EventLoops.shared())
                .channel(EventLoops.channel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) throws NoSuchAlgorithmException {
                        ChannelPipeline pipeline = channel.pipeline();
                        if (secure) {
                            pipeline.addLast(tls());
                        }
                        HttpDecoderConfig decoding = new HttpDecoderConfig()
                                .setMaxInitialLineLength(MAX_HEADER)
                                .setMaxHeaderSize(MAX_HEADER);
                        pipeline.addLast(
                                new HttpRequestEncoder(),
                                new HttpResponseDecoder(decoding),
                                new ClientHandshake(WebSocketClient.this, millis(), events, failed));
                    }
                })
                .connect(InetSocketAddress.createUnresolved(hostName(), port))
                .addListener((ChannelFutureListener) done -> {
                    if (!done.isSuccess()) {
                        failed.accept(done.cause());
                    }
                });
    }

    private int millis() {
        return Math.toIntExact(Math.max(1, connectTimeout.toMillis()));
    }

    private SslHandler tls() throws NoSuchAlgorithmException {
        return new Trust(sslContext, verifyHost).handler(hostName(), port, connectTimeout);
    }

    /** The host without the brackets of an IPv6 address. */
    private String hostName() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** The value of the {@code Host} field. */
    String authority() {
        return port == (secure ? 443 : 80) ? host : host + ":" + port;
    }

    /** The address for messages, without the query, which may hold secrets. */
    @Override
    public String toString() {
        int query = target.indexOf('?');
        return (secure ? "wss://" : "ws://") + authority() + (query < 0 ? target : target.substring(0, query));
    }

    /** Settings of a {@link WebSocketClient}. Not thread-safe. */
    public static final class Builder {
        private final URI address;
        private final boolean secure;
        private Headers headers = Headers.of("User-Agent", "Parley");
        private WebSocketOptions options = WebSocketOptions.defaults();
        private @Nullable SSLContext sslContext;
        private boolean verifyHost = true;
        private Duration connectTimeout = Duration.ofSeconds(10);

        private Builder(URI address) {
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("ws") && !scheme.equals("wss")) {
                throw new IllegalArgumentException("a WebSocket address starts with ws:// or wss://, not " + scheme);
            }
            if (address.getHost() == null) {
                throw new IllegalArgumentException("the address has no valid host: " + scheme + "://"
                        + String.valueOf(address.getRawAuthority()).replaceFirst(".*@", ""));
            }
            this.address = address;
            this.secure = scheme.equals("wss");
        }

        /** Fields of the upgrade request besides those of the handshake. Default {@code User-Agent: Parley}. */
        public Builder headers(Headers value) {
            this.headers = Objects.requireNonNull(value, "headers");
            return this;
        }

        /** Limits and habits of the connections. Default {@link WebSocketOptions#defaults()}. */
        public Builder options(WebSocketOptions value) {
            this.options = Objects.requireNonNull(value, "options");
            return this;
        }

        /** Trust and keys for wss. Default: those of the Java runtime. */
        public Builder sslContext(SSLContext value) {
            this.sslContext = Objects.requireNonNull(value, "sslContext");
            return this;
        }

        /** Whether the server's certificate must be for the host of the address. Default true. */
        public Builder verifyHost(boolean value) {
            this.verifyHost = value;
            return this;
        }

        /**
         * The longest time to connect, TLS and the upgrade included. Default 10 s.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder connectTimeout(Duration value) {
            if (!value.isPositive()) {
                throw new IllegalArgumentException("connectTimeout must be positive, not " + value);
            }
            this.connectTimeout = value;
            return this;
        }

        /** A client, which does not connect yet. */
        public WebSocketClient build() {
            return new WebSocketClient(this);
        }
    }
}
