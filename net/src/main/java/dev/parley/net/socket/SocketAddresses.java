package dev.parley.net.socket;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Writes the addresses of peers as text, in the same way for every wire. Stateless and thread-safe. */
public final class SocketAddresses {
    private SocketAddresses() {}

    /**
     * The text of a peer's address: {@code host:port} for TCP, {@code unix} for a Unix-domain socket.
     *
     * <p>The host is an IP address; IPv6 is compressed (RFC 5952) and in brackets, as in {@code [::1]:4040}. The
     * connecting side of a Unix-domain socket has no address of its own, so its text is always the same.
     *
     * @param address an address as {@link io.netty.channel.Channel#remoteAddress()} returns it
     * @return {@code unknown} if the address is null, as that of a connection which is already closed
     */
    public static String text(@Nullable SocketAddress address) {
        if (address == null) {
            return "unknown";
        }
        return address instanceof InetSocketAddress inet ? NetUtil.toSocketAddressString(inet) : "unix";
    }

    /** Whether other machines can reach a bound address: a TCP one that is not of the loopback interface. */
    public static boolean isReachable(@Nullable SocketAddress bound) {
        return bound instanceof InetSocketAddress inet && !inet.getAddress().isLoopbackAddress();
    }
}
