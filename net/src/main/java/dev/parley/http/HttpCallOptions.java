package dev.parley.http;

import dev.parley.CallOption;
import dev.parley.net.http.Headers;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The call options that JSON-RPC and XML-RPC over HTTP add, for {@link dev.parley.CallOptions#with}. */
public final class HttpCallOptions {
    /**
     * Header fields of the request by name, such as {@code User-Agent}, {@code Cookie} or {@code X-Api-Key}. One that
     * the client sends by itself, {@code Content-Type} and {@code Authorization} included, is replaced. Setting the
     * option again replaces all fields. Default none.
     *
     * <p>Names must be tokens and values printable Latin-1. {@code Host}, {@code Accept-Encoding} and the fields that
     * frame a message or belong to the connection ({@code Content-Length}, {@code Transfer-Encoding},
     * {@code Connection} and so on) cannot be set.
     */
    public static final CallOption<Map<String, String>> HEADERS =
            CallOption.of("headers", HttpCallOptions::checkHeaders);

    private static final Set<String> RESERVED = Set.of(
            "host",
            "accept-encoding",
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "expect",
            "te",
            "trailer",
            "upgrade",
            "proxy-authorization");

    private HttpCallOptions() {}

    private static void checkHeaders(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            Headers.of(name, value);
            if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("the header " + name + " is set by the client itself");
            }
        });
    }
}
