package dev.parley.net.http.client;

import dev.parley.net.http.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.CookieStore;
import java.net.HttpCookie;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The cookies of one client, which are of its own server alone. In memory. Thread-safe. */
final class CookieJar {
    /** The largest number of cookies; beyond it the oldest are dropped. */
    static final int MAX_COOKIES = 50;

    /** The longest field that sets a cookie, in characters; longer ones are ignored. */
    static final int MAX_LENGTH = 4096;

    private final URI origin;
    private final CookieManager manager = new CookieManager(null, CookiePolicy.ACCEPT_ORIGINAL_SERVER);

    /** An empty jar of the client of this URL. */
    CookieJar(URI origin) {
        this.origin = origin;
    }

    /** The fields of a request with the cookies for it, unless it has its own. */
    Headers with(Headers request) {
        if (request.contains("Cookie")) {
            return request;
        }
        try {
            List<String> cookies = manager.get(origin, Map.of()).getOrDefault("Cookie", List.of());
            return cookies.isEmpty() ? request : request.with("Cookie", String.join("; ", cookies));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never from memory
        }
    }

    /** The manager would log a malformed one, with its value. */
    private static boolean isGood(String field) {
        if (field.length() > MAX_LENGTH) {
            return false;
        }
        try {
            return !HttpCookie.parse(field).isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Keeps the cookies that a response sets. */
    void store(Headers response) {
        List<String> set =
                response.all("Set-Cookie").stream().filter(CookieJar::isGood).toList();
        if (set.isEmpty()) {
            return;
        }
        try {
            manager.put(origin, Map.of("Set-Cookie", set));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never from memory
        }
        CookieStore store = manager.getCookieStore();
        List<HttpCookie> all = store.getCookies();
        for (int i = 0; i < all.size() - MAX_COOKIES; i++) {
            store.remove(null, all.get(i));
        }
    }
}
