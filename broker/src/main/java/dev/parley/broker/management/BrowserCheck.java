package dev.parley.broker.management;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that a browser sends for a web page of someone else. Thread-safe.
 *
 * <p>Such a page can name the broker as its target, and also give its own name the broker's address (DNS rebinding). So
 * each {@code Origin} must be that of the requested host, and a server that only this machine can reach takes no host
 * names but {@code localhost} and the one it was told to listen on.
 */
final class BrowserCheck {
    private final String host;
    private final boolean loopback;

    /**
     * A check.
     *
     * @param host the host that the server was told to listen on
     * @param address its address; {@code null} if it has none
     */
    BrowserCheck(String host, @Nullable InetAddress address) {
        this.host = host;
        this.loopback = address != null && address.isLoopbackAddress();
    }

    /** Why a request is refused; {@code null} if it is not. */
    @Nullable
    String problem(HttpHeaders headers) {
        String requested = headers.get(HttpHeaderNames.HOST);
        List<String> origins = headers.getAll(HttpHeaderNames.ORIGIN);
        if (headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            return "a request has one Host";
        }
        for (String origin : origins) {
            if (requested == null
                    || !origin.equalsIgnoreCase("http://" + requested)
                            && !origin.equalsIgnoreCase("https://" + requested)) {
                return "requests from web pages of other origins are not allowed";
            }
        }
        if (loopback && requested != null && !isOwn(withoutPort(requested))) {
            return "the host of a request must be an IP address, localhost or the name that the server listens on";
        }
        return null;
    }

    private boolean isOwn(String name) {
        return name.equalsIgnoreCase("localhost")
                || name.equalsIgnoreCase(host)
                || NetUtil.isValidIpV4Address(name)
                || NetUtil.isValidIpV6Address(name);
    }

    private static String withoutPort(String requested) {
        int colon = requested.lastIndexOf(':');
        String name = colon > requested.lastIndexOf(']') ? requested.substring(0, colon) : requested;
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }
}
