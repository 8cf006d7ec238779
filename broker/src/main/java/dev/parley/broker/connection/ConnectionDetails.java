package dev.parley.broker.connection;

import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.output.FrameOutput;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What is told of a connection. Thread-safe. */
public final class ConnectionDetails {
    private static final int STATE_TIMEOUT_SECONDS = 5;

    private final Channel socket;
    private final Handshake handshake;
    private final FrameDecoder decoder;
    private final FrameOutput output;
    private final ChannelTable channels;
    private final Instant connectedAt = Instant.now();

    ConnectionDetails(
            Channel socket, Handshake handshake, FrameDecoder decoder, FrameOutput output, ChannelTable channels) {
        this.socket = socket;
        this.handshake = handshake;
        this.decoder = decoder;
        this.output = output;
        this.channels = channels;
    }

    /** When the socket was accepted. */
    public Instant connectedAt() {
        return connectedAt;
    }

    /** The properties that the client sent; empty until it has logged in. */
    public Map<String, @Nullable Object> clientProperties() {
        return handshake.clientProperties();
    }

    /** The {@code connection_name} of the client; empty if it has none. */
    public String clientName() {
        return clientProperties().get("connection_name") instanceof String name ? name : "";
    }

    /** The mechanism by which the client logged in; empty until then. */
    public String mechanism() {
        return handshake.mechanism();
    }

    /** The address of the client; {@code null} if it has none. */
    public @Nullable InetSocketAddress clientAddress() {
        return socket.remoteAddress() instanceof InetSocketAddress inet ? inet : null;
    }

    /** The address that the client connected to; {@code null} if it has none. */
    public @Nullable InetSocketAddress serverAddress() {
        return socket.localAddress() instanceof InetSocketAddress inet ? inet : null;
    }

    /** Encryption; {@code null} if there is none. */
    public @Nullable SSLSession encryption() {
        SslHandler tls = socket.pipeline().get(SslHandler.class);
        return tls == null ? null : tls.engine().getSession();
    }

    /**
     * A snapshot, taken on the event loop. Must not be called there.
     *
     * @return nothing if the event loop does not come to it within a few seconds
     */
    public ConnectionState state() {
        CompletableFuture<ConnectionState> state = new CompletableFuture<>();
        socket.eventLoop()
                .execute(() -> state.complete(new ConnectionState(
                        decoder.octets(), decoder.frames(), output.octets(), output.frames(), channels.states())));
        return state.completeOnTimeout(ConnectionState.NONE, STATE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
