package dev.parley.oslo.options;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The virtual host in the path of a transport URL. */
public final class VirtualHost {
    private VirtualHost() {}

    /** The path without its slash; an empty one means the broker's default virtual host. */
    public static String of(String path) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        return name.isEmpty() ? "/" : URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
