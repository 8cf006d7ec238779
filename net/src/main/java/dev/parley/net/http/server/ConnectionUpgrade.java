package dev.parley.net.http.server;

import dev.parley.spi.PeerLog;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Asks a handler about an upgrade, and hands a connection over to its protocol. Stateless and thread-safe. */
final class ConnectionUpgrade {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(HttpConnection.class));

    private ConnectionUpgrade() {}

    /** What the handler decides; {@code null} if it failed, which is logged. */
    static UpgradeHandler.@Nullable Decision decide(UpgradeHandler handler, HttpExchange request) {
        try {
            return handler.decide(request);
        } catch (RuntimeException | Error e) {
            faults.error(request.remoteAddress(), "the upgrade at {} failed", request.path(), e);
            return null;
        }
    }

    /** Replaces the handlers of HTTP by those of the protocol, once the response has been written. */
    static void install(
            Consumer<ChannelPipeline> install,
            ChannelPipeline pipeline,
            ChannelHandler connection,
            ChannelHandler decoder) {
        pipeline.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        pipeline.remove(HttpResponseEncoder.class);
        install.accept(pipeline);
        // The decoder last, since it then passes on what it has not read: to the new protocol.
        pipeline.remove(connection);
        pipeline.remove(decoder);
        pipeline.channel().config().setAutoRead(true);
    }
}
