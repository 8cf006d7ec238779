package dev.parley.net.websocket;

import dev.parley.OverloadedException;
import dev.parley.net.http.Headers;
import dev.parley.net.socket.ChannelTasks;
import dev.parley.spi.MessageCharge;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.security.Principal;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An open WebSocket connection. Thread-safe. */
public final class WebSocket {
    /** RSV1: the message is compressed. */
    static final int COMPRESSED = 4;

    private final Channel channel;
    private final WebSocketHandler handler;
    private final WebSocketOptions options;
    private final boolean deflates;
    private final Peer peer;

    /**
     * The other side.
     *
     * @param headers the fields of its upgrade request, or of its response to one
     * @param principal the authenticated peer of a server
     * @param subprotocol what both sides have agreed on
     */
    record Peer(
            String address,
            Headers headers,
            @Nullable Principal principal,
            @Nullable String subprotocol) {}

    WebSocket(Channel channel, WebSocketHandler handler, WebSocketOptions options, boolean deflates, Peer peer) {
        this.channel = channel;
        this.handler = handler;
        this.options = options;
        this.deflates = deflates;
        this.peer = peer;
    }

    /**
     * Sends a text message, after those sent before, without waiting. Large ones are compressed on this thread. Closes the
     * connection with code 1013 if the memory budget has no room for it.
     *
     * @param utf8 the text; not copied
     * @param done is told when it has been handed over to the system, or why not
     */
    public void send(byte[] utf8, Consumer<@Nullable Throwable> done) {
        Objects.requireNonNull(done, "done");
        byte[] payload = utf8;
        int rsv = 0;
        if (deflates && utf8.length > options.compressAbove()) {
            byte[] smaller = Deflate.deflate(utf8);
            if (smaller.length < utf8.length) {
                payload = smaller;
                rsv = COMPRESSED;
            }
        }
        WebSocketMemory memory = handler.memory();
        int size = payload.length;
        if (!memory.sending(size)) {
            close(CloseCode.TRY_AGAIN_LATER, MessageCharge.REFUSAL);
            done.accept(new OverloadedException(MessageCharge.REFUSAL));
            return;
        }
        channel.writeAndFlush(new TextWebSocketFrame(true, rsv, Unpooled.wrappedBuffer(payload)))
                .addListener((ChannelFutureListener) written -> {
                    memory.sent(size);
                    done.accept(written.cause());
                });
    }

    /**
     * Closes the connection after what was sent, without waiting: with a closing handshake, for which the peer has
     * {@link WebSocketOptions#closeTimeout()}.
     *
     * @param code one of {@link CloseCode}
     * @param reason at most 123 bytes in UTF-8
     */
    public void close(int code, String reason) {
        execute(() -> handler.close(code, reason));
    }

    /** Whether the peer keeps up with reading what it is sent. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Stops or resumes passing messages on; meanwhile the peer is not read, beyond what has arrived. */
    public void read(boolean on) {
        if (isReader()) {
            handler.read(on);
        } else {
            execute(() -> handler.read(on));
        }
    }

    /** Runs a task on the event loop, on which events are told. */
    public void execute(Runnable task) {
        ChannelTasks.execute(channel, task);
    }

    /** Whether this thread is that event loop. */
    public boolean isReader() {
        return channel.eventLoop().inEventLoop();
    }

    /** The peer's address as {@link dev.parley.net.socket.SocketAddresses#text} writes it. */
    public String remoteAddress() {
        return peer.address();
    }

    /** The authenticated peer of a server; {@code null} on the client side, or if the server authenticates nobody. */
    public @Nullable Principal principal() {
        return peer.principal();
    }

    /** The header fields of the peer's upgrade request, or of its response to one. */
    public Headers headers() {
        return peer.headers();
    }

    /** The sub-protocol that both sides have agreed on; {@code null} if none. */
    public @Nullable String subprotocol() {
        return peer.subprotocol();
    }
}
