package dev.parley.jsonrpc.stream;

import dev.parley.jsonrpc.session.Connection;
import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.SocketAddresses;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.Principal;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An open socket, of either side. Thread-safe. */
public final class SocketConnection implements Connection {
    /** How long a peer has to read the last message. */
    private static final long LINGER_MILLIS = 2_000;

    private final Channel channel;
    private final Supplier<Framing> framing;
    private final ConnectionMemory memory;
    private final @Nullable String remoteAddress;
    private final @Nullable Principal principal;

    /**
     * A connection.
     *
     * @param framing what its messages are framed with, asked for each
     * @param principal the peer, if it is authenticated; else {@code null}
     */
    public SocketConnection(
            Channel channel, Supplier<Framing> framing, ConnectionMemory memory, @Nullable Principal principal) {
        this.principal = principal;
        this.channel = channel;
        this.framing = framing;
        this.memory = memory;
        this.remoteAddress = SocketAddresses.text(channel.remoteAddress());
    }

    @Override
    public void send(byte[] message, Consumer<@Nullable Throwable> done) {
        boolean charged = memory.charge(message.length);
        if (!charged && channel.isActive()) {
            // Without it the peer would wait in vain.
            done.accept(new IOException("too much memory is in use to send a message; the connection ends"));
            channel.close();
            return;
        }
        channel.writeAndFlush(framing.get().frame(message)).addListener((ChannelFutureListener) written -> {
            if (charged) {
                memory.release(message.length);
            }
            done.accept(written.cause());
        });
    }

    @Override
    public ConnectionMemory memory() {
        return memory;
    }

    @Override
    public void read(boolean on) {
        if (channel.isOpen()) { // Netty throws if it has been closed.
            channel.config().setAutoRead(on);
        }
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void execute(Runnable task) {
        ChannelTasks.execute(channel, task);
    }

    @Override
    public boolean isReader() {
        return channel.eventLoop().inEventLoop();
    }

    @Override
    public void finish() {
        // As a task, since on the event loop it would overtake what other threads have sent.
        ChannelTasks.execute(
                channel,
                () -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                    if (written.isSuccess() && mayLinger()) {
                        ((DuplexChannel) channel).shutdownOutput();
                        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
                    } else {
                        channel.close();
                    }
                }));
    }

    /** Whether the peer may still send, so that to close would reset the connection and lose what it has not read. */
    private boolean mayLinger() {
        return channel instanceof DuplexChannel duplex
                && !duplex.isInputShutdown()
                && channel.pipeline().get(SslHandler.class) == null;
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
