package dev.parley.jsonrpc.stream;

import dev.parley.jsonrpc.session.Connection;
import dev.parley.net.socket.SocketAddresses;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.security.Principal;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An open socket, of either side. Thread-safe. */
public final class SocketConnection implements Connection {
    private final Channel channel;
    private final Supplier<Framing> framing;
    private final @Nullable String remoteAddress;
    private final @Nullable Principal principal;

    /**
     * A connection.
     *
     * @param framing what its messages are framed with, asked for each
     * @param principal the peer, if it is authenticated; else {@code null}
     */
    public SocketConnection(Channel channel, Supplier<Framing> framing, @Nullable Principal principal) {
        this.principal = principal;
        this.channel = channel;
        this.framing = framing;
        this.remoteAddress = SocketAddresses.text(channel.remoteAddress());
    }

    @Override
    public void send(byte[] message, Consumer<@Nullable Throwable> done) {
        channel.writeAndFlush(framing.get().frame(message))
                .addListener((ChannelFutureListener) written -> done.accept(written.cause()));
    }

    @Override
    public void read(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void execute(Runnable task) {
        channel.eventLoop().execute(task);
    }

    @Override
    public boolean isReader() {
        return channel.eventLoop().inEventLoop();
    }

    @Override
    public void finish() {
        // As a task, since on the event loop it would overtake what other threads have sent.
        channel.eventLoop()
                .execute(() -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public @Nullable String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }
}
