package dev.parley.oslo.options;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Reads the virtual host from a transport URL. Safe for use by any thread. */
public final class VirtualHost {
    private VirtualHost() {}

    /**
     * The virtual host in the path of a URL: the decoded path without its leading slash; {@code /}, the default virtual
     * host, if that is empty.
     */
    public static String of(String path) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        return name.isEmpty() ? "/" : URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
