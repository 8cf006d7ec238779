package dev.parley.net.http.server;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides on a request's head what its answer is when no handler may see it. */
final class RequestCheck {
    private RequestCheck() {}

    /** Where a request goes: to the handler, or nowhere with the refusal to answer once its body has passed. */
    record Route(@Nullable HttpHandler handler, @Nullable HttpResponse refusal) {}

    static HttpResponse malformed(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponse.text(414, "the request line is too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return HttpResponse.text(431, "the request head is too large");
        }
        return HttpResponse.text(400, "malformed HTTP request: " + cause.getMessage());
    }

    static HttpResponse tooLarge(int limit) {
        return HttpResponse.text(413, "the request body is larger than the " + limit + " bytes this server takes");
    }

    /** A refusal after which the connection cannot go on, because where the next request starts is unsure or would cost too much; null if all is well. */
    static @Nullable HttpResponse framing(HttpRequest request, int maxBody) {
        HttpHeaders headers = request.headers();
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return HttpResponse.text(505, "this server speaks HTTP/1.0 and HTTP/1.1, not " + version);
        }
        if (http11 && headers.getAll("host").size() != 1) {
            return HttpResponse.text(400, "an HTTP/1.1 request has exactly one Host header");
        }
        List<String> codings = headers.getAll("transfer-encoding");
        if (!codings.isEmpty()) {
            if (!http11) {
                return HttpResponse.text(400, "HTTP/1.0 has no Transfer-Encoding");
            }
            if (codings.size() != 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")) {
                return HttpResponse.text(501, "the only Transfer-Encoding this server takes is chunked");
            }
        } else if (!headers.contains("content-length")) {
            String method = request.method().name();
            if (method.equals("POST") || method.equals("PUT")) {
                return HttpResponse.text(411, "a " + method + " request needs Content-Length or chunked encoding");
            }
        } else if (HttpUtil.getContentLength(request, 0L) > maxBody) {
            return tooLarge(maxBody);
        }
        String expected = headers.get("expect");
        if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
            return HttpResponse.text(417, "the only expectation this server meets is 100-continue");
        }
        return null;
    }

    static Route route(HttpServer server, HttpRequest request, String path) {
        HttpHeaders headers = request.headers();
        if (isForeign(headers.get("origin"), headers.get("host"))) {
            return refuse(HttpResponse.text(403, "this server takes no requests from web pages of other origins"));
        }
        HttpServer.Auth auth = server.auth();
        if (auth != null) {
            String given = headers.get("authorization");
            if (given == null
                    || BasicCredentials.ofHeader(given).filter(auth.check()).isEmpty()) {
                return refuse(HttpResponse.text(401, "this server wants a user and password")
                        .with("WWW-Authenticate", "Basic realm=\"" + auth.realm() + "\", charset=\"UTF-8\""));
            }
        }
        Map<String, HttpHandler> methods = server.methods(path);
        if (methods == null) {
            return refuse(HttpResponse.text(404, "nothing is served at this path"));
        }
        HttpHandler handler = methods.get(request.method().name());
        if (handler == null) {
            String allowed = String.join(", ", new TreeSet<>(methods.keySet()));
            return refuse(HttpResponse.text(405, "this path takes " + allowed + ", not " + request.method())
                    .with("Allow", allowed));
        }
        String coding = headers.get("content-encoding");
        if (coding != null && !ContentCoding.isIdentity(coding) && !ContentCoding.isKnown(coding)) {
            return refuse(HttpResponse.text(415, "unknown Content-Encoding; known are gzip and deflate")
                    .with("Accept-Encoding", "gzip, deflate"));
        }
        return new Route(handler, null);
    }

    /**
     * Whether a browser sent the request for a page that is not this server's own. Browsers post plain text anywhere without asking, to a server on the user's own
     * machine too; the page cannot read the answer, but the call would have run.
     */
    private static boolean isForeign(@Nullable String origin, @Nullable String host) {
        return origin != null
                && !(host != null
                        && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host)));
    }

    private static Route refuse(HttpResponse response) {
        return new Route(null, response);
    }

    /** The target as a path: proxies and some clients send the whole address (RFC 9112 §3.2.2). */
    static String originForm(String target) {
        int scheme = target.indexOf("://");
        if (scheme <= 0 || target.startsWith("/")) {
            return target;
        }
        int slash = target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }
}
