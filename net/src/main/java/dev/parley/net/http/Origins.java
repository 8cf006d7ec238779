package dev.parley.net.http;

import org.jspecify.annotations.Nullable;

/** Tells requests that browsers send for web pages of other origins. Stateless and thread-safe. */
public final class Origins {
    private Origins() {}

    /**
     * Whether a browser sent the request for a web page of another origin. Browsers post plain text to any server
     * without a preflight request, also to one on the user's own machine; the page cannot read the response, but the
     * call would have run.
     *
     * @param origin the {@code Origin} of the request; null if it has none
     * @param host its {@code Host}
     */
    public static boolean isForeign(@Nullable String origin, @Nullable String host) {
        return origin != null
                && !(host != null
                        && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host)));
    }

    /** The response to such a request. */
    public static HttpResponse refusal() {
        return HttpResponse.text(403, "requests from web pages of other origins are not allowed");
    }
}
