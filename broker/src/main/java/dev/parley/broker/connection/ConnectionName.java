package dev.parley.broker.connection;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Names connections in logs and in the management API: {@code 127.0.0.1:40000 -> 127.0.0.1:5672}. Stateless. */
final class ConnectionName {
    private ConnectionName() {}

    static String of(Channel socket) {
        return text(socket.remoteAddress()) + " -> " + text(socket.localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return String.valueOf(address);
        }
        String host = inet.getAddress() == null
                ? inet.getHostString()
                : inet.getAddress().getHostAddress();
        return host + ":" + inet.getPort();
    }
}
