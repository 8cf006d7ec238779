package dev.parley.net.http.server;

import dev.parley.net.http.BrowserPolicy;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Decides by a request's head which handler it goes to, or which response refuses it. Stateless and thread-safe. */
final class RequestCheck {
    private RequestCheck() {}

    /**
     * Where a request goes: to a handler, or to one that takes over the connection, or nowhere, and then the response
     * that refuses it once its body has been skipped. The others are null.
     */
    record Route(
            @Nullable HttpHandler handler,
            @Nullable UpgradeHandler upgrade,
            @Nullable HttpResponse refusal) {}

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
        return HttpResponse.text(413, "the request body exceeds the limit of " + limit + " bytes");
    }

    /**
     * What a request asks for.
     *
     * @param fatal the refusal after which the connection must be closed; {@code null} if the head is acceptable
     */
    record Target(
            String path, @Nullable String query, @Nullable HttpResponse fatal) {}

    /** What the request of this head asks for. */
    static Target target(HttpServer server, HttpRequest head) {
        HttpResponse fatal = server.isStopping()
                ? HttpResponse.text(503, "the server is stopping")
                : framing(head, server.limits().maxBody());
        if (fatal != null) {
            return new Target("", null, fatal);
        }
        try {
            QueryStringDecoder target = new QueryStringDecoder(originForm(head.uri()));
            String query = target.rawQuery();
            return new Target(target.path(), query.isEmpty() ? null : query, null);
        } catch (IllegalArgumentException e) {
            return new Target(
                    "", null, HttpResponse.text(400, "the request target is not a valid path: " + e.getMessage()));
        }
    }

    /**
     * A refusal after which the connection must be closed, because the start of the next request is uncertain or too
     * expensive to find; null if the head is acceptable.
     */
    private static @Nullable HttpResponse framing(HttpRequest request, int maxBody) {
        HttpHeaders headers = request.headers();
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return HttpResponse.text(505, "unsupported version " + version + "; supported are HTTP/1.0 and HTTP/1.1");
        }
        if (http11 && headers.getAll("host").size() != 1) {
            return HttpResponse.text(400, "an HTTP/1.1 request must have exactly one Host header");
        }
        List<String> codings = headers.getAll("transfer-encoding");
        if (!codings.isEmpty()) {
            if (!http11) {
                return HttpResponse.text(400, "an HTTP/1.0 request must not have a Transfer-Encoding header");
            }
            if (codings.size() != 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")) {
                return HttpResponse.text(501, "unsupported Transfer-Encoding; supported is chunked");
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
            return HttpResponse.text(417, "unsupported expectation; supported is 100-continue");
        }
        return null;
    }

    /** Where a request goes that a browser may send, of a caller that may call. */
    static Route route(HttpServer server, HttpRequest request, String path) {
        HttpHeaders headers = request.headers();
        HttpRoute route = server.route(path);
        if (route == null) {
            return refuse(HttpResponse.text(404, "unknown path"));
        }
        UpgradeHandler upgrade = route.upgrade();
        if (upgrade != null && isUpgrade(request, upgrade.protocol())) {
            return new Route(null, upgrade, null);
        }
        Map<String, HttpHandler> methods = route.methods();
        if (methods.isEmpty() && upgrade != null) {
            return refuse(HttpResponse.text(426, "this path is served over " + upgrade.protocol() + " only")
                    .with("Upgrade", upgrade.protocol()));
        }
        HttpHandler handler = methods.get(request.method().name());
        if (handler == null) {
            String allowed = String.join(", ", new TreeSet<>(methods.keySet()));
            return refuse(HttpResponse.text(
                            405, "method " + request.method() + " is not allowed at this path; allowed is " + allowed)
                    .with("Allow", allowed));
        }
        String coding = headers.get("content-encoding");
        if (coding != null && !ContentCoding.isIdentity(coding) && !ContentCoding.isKnown(coding)) {
            return refuse(HttpResponse.text(415, "unsupported Content-Encoding; supported are gzip and deflate")
                    .with("Accept-Encoding", "gzip, deflate"));
        }
        return new Route(handler, null, null);
    }

    /** The response to a browser whose page may not call, or that asks whether it may; null for other requests. */
    static @Nullable HttpResponse browser(HttpServer server, HttpRequest request) {
        HttpHeaders headers = request.headers();
        HttpMethod method = request.method();
        List<String> origins = headers.getAll("origin");
        boolean navigates =
                (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) && !headers.contains("upgrade");
        BrowserPolicy browsers = server.browsers();
        HttpResponse refusal = browsers.refusal(navigates, origins, headers.get("host"), server.loopbackName());
        if (refusal != null) {
            return refusal;
        }
        boolean preflight = method.equals(HttpMethod.OPTIONS) && headers.contains("access-control-request-method");
        return preflight && browsers.allows(origins)
                ? browsers.preflight(
                        origins.getFirst(),
                        headers.get("access-control-request-headers"),
                        headers.contains("access-control-request-private-network"))
                : null;
    }

    /** The response, which a page of another origin may read if it is allowed to call. */
    static HttpResponse shared(HttpServer server, HttpResponse response, IncomingRequest finished) {
        List<String> origins = finished.headers().getAll("origin");
        BrowserPolicy browsers = server.browsers();
        return browsers.allows(origins) && !response.headers().contains("Access-Control-Allow-Origin")
                ? browsers.shared(response, origins.getFirst())
                : response;
    }

    /** Whether a request asks for an upgrade to the protocol (RFC 9110 §7.8), as HTTP/1.1 and GET only can. */
    private static boolean isUpgrade(HttpRequest request, String protocol) {
        HttpHeaders headers = request.headers();
        return request.method().equals(HttpMethod.GET)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && headers.containsValue("connection", "upgrade", true)
                && headers.containsValue("upgrade", protocol, true);
    }

    static Route refuse(HttpResponse response) {
        return new Route(null, null, response);
    }

    /** The path and query of a request target: proxies and some clients send the whole address (RFC 9112 §3.2.2). */
    static String originForm(String target) {
        int scheme = target.indexOf("://");
        if (scheme <= 0 || target.startsWith("/")) {
            return target;
        }
        int slash = target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }
}
