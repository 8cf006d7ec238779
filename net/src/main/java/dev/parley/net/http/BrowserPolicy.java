package dev.parley.net.http;

import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may call a server from a browser. Immutable.
 *
 * <p>A browser posts plain text to any server without asking, also to one on the user's own machine; the page cannot
 * read the response, but the call would have run. So every {@code Origin} of a request must be that of its {@code Host},
 * or be allowed by name, which CORS then tells the browser too. A page can also give its own host name the server's
 * address (DNS rebinding): a server that only this machine can reach takes no host names of browsers but its own.
 */
public final class BrowserPolicy {
    private static final BrowserPolicy SAME_ORIGIN = new BrowserPolicy(List.of(), List.of());

    private static final String PREFLIGHT_SECONDS = "600";
    private static final String FIELD_NAMES = "[!#$%&'*+.^_`|~0-9A-Za-z, -]{1,1000}";

    private final Set<String> origins;
    private final Set<String> hosts;

    /**
     * A policy.
     *
     * @param origins allowed besides the server's own, such as {@code https://app.example}
     * @param hosts names of a server on a loopback address, besides {@code localhost}
     * @throws IllegalArgumentException if an origin or a host is malformed
     */
    public BrowserPolicy(List<String> origins, List<String> hosts) {
        this.origins = lowerCase(
                "origins", origins, "(https?|[a-z][a-z0-9+.-]*-extension)://[^/?#@*\\s]+", "scheme://host[:port]");
        this.hosts = lowerCase("hosts", hosts, "[^/:?#@*\\s]+", "a host name without a port");
    }

    /** Only pages of the server's own origin, which is the default. */
    public static BrowserPolicy sameOrigin() {
        return SAME_ORIGIN;
    }

    private static Set<String> lowerCase(String name, List<String> values, String pattern, String form) {
        return values.stream()
                .map(value -> {
                    String lower = value.toLowerCase(Locale.ROOT);
                    if (!lower.matches(pattern)) {
                        throw new IllegalArgumentException(name + ": '" + value + "' must have the form " + form);
                    }
                    return lower;
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The response to a request that is refused; null if it is not.
     *
     * @param navigates whether a browser may send it without an {@code Origin}, as it does with a GET for a page
     * @param requestOrigins each {@code Origin} of the request
     * @param host its {@code Host}
     * @param loopbackName the name that the server listens on, if only this machine can reach it; else null
     */
    public @Nullable HttpResponse refusal(
            boolean navigates, List<String> requestOrigins, @Nullable String host, @Nullable String loopbackName) {
        boolean named = navigates;
        for (String origin : requestOrigins) {
            if (origins.contains(origin.toLowerCase(Locale.ROOT))) {
                continue;
            }
            if (host == null
                    || !origin.equalsIgnoreCase("http://" + host) && !origin.equalsIgnoreCase("https://" + host)) {
                return HttpResponse.text(
                        403, "requests from web pages of other origins are not allowed; option origins allows them");
            }
            named = true;
        }
        if (named && host != null && loopbackName != null && !isOwn(withoutPort(host), loopbackName)) {
            return HttpResponse.text(
                    403,
                    "this server is reached by an IP address, localhost or the name that it listens on; option hosts"
                            + " allows other names");
        }
        return null;
    }

    private boolean isOwn(String name, String loopbackName) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equalsIgnoreCase(loopbackName)
                || hosts.contains(name)
                || NetUtil.isValidIpV4Address(name)
                || NetUtil.isValidIpV6Address(name);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return (name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name)
                .toLowerCase(Locale.ROOT);
    }

    /** Whether pages of an origin other than the server's are allowed by name, and need CORS to read responses. */
    public boolean allows(List<String> requestOrigins) {
        return !origins.isEmpty()
                && requestOrigins.size() == 1
                && origins.contains(requestOrigins.getFirst().toLowerCase(Locale.ROOT));
    }

    /**
     * The response to a browser that asks whether a page may post (a CORS preflight).
     *
     * @param origin one that {@link #allows}
     * @param headers the names of the header fields that the page will send, as the browser lists them; null for none
     * @param privateNetwork whether the browser asks because the page comes from a more public network
     */
    public HttpResponse preflight(String origin, @Nullable String headers, boolean privateNetwork) {
        HttpResponse response = shared(HttpResponse.empty(204), origin)
                .with("Access-Control-Allow-Methods", "POST")
                .with("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        if (headers != null && headers.matches(FIELD_NAMES)) {
            response = response.with("Access-Control-Allow-Headers", headers);
        }
        return privateNetwork ? response.with("Access-Control-Allow-Private-Network", "true") : response;
    }

    /**
     * The response with the fields that let a page of another origin read it.
     *
     * @param origin one that {@link #allows}
     */
    public HttpResponse shared(HttpResponse response, String origin) {
        return response.with("Access-Control-Allow-Origin", origin)
                .with("Access-Control-Allow-Credentials", "true")
                .with("Vary", "Origin");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BrowserPolicy policy && origins.equals(policy.origins) && hosts.equals(policy.hosts);
    }

    @Override
    public int hashCode() {
        return 31 * origins.hashCode() + hosts.hashCode();
    }

    @Override
    public String toString() {
        return "BrowserPolicy[origins=" + origins + ", hosts=" + hosts + "]";
    }
}
