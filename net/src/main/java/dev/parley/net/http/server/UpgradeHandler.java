package dev.parley.net.http.server;

import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes over connections of an {@link HttpServer} for another protocol. Must be thread-safe. */
public interface UpgradeHandler {
    /** The protocol's name in the field {@code Upgrade}, in lower case. */
    String protocol();

    /**
     * Decides about a request to upgrade. Runs on an event loop and must not block.
     *
     * @param request a GET of the handler's path without a body, which names the protocol; not to be responded to
     */
    Decision decide(HttpExchange request);

    /**
     * A decision about an upgrade.
     *
     * @param response what the peer gets
     * @param install adds the handlers of the protocol to the end of the connection's pipeline, once the response has
     *     been written, on its event loop; those of HTTP are removed. {@code null} if the upgrade is refused
     */
    record Decision(HttpResponse response, @Nullable Consumer<ChannelPipeline> install) {
        /** Refuses the upgrade. */
        public static Decision refuse(HttpResponse response) {
            return new Decision(response, null);
        }

        /** Accepts the upgrade, with these fields in the response. */
        public static Decision accept(Headers headers, Consumer<ChannelPipeline> install) {
            return new Decision(new HttpResponse(101, headers, new byte[0]), install);
        }
    }
}
