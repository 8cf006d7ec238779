package dev.parley.net.http.server;

import dev.parley.net.http.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * One request of a connection: its head, where it goes, and its body as far as received.
 *
 * <p>The body belongs to the connection's event loop; all else is immutable.
 */
final class IncomingRequest {
    private final HttpRequest head;
    private final String path;
    private final @Nullable String query;
    private final RequestCheck.Route route;
    private final @Nullable Principal caller;
    private final boolean keepAlive;
    private final BodyBuffer body;
    private final long startNanos = System.nanoTime();

    /** How much of the body has been received, encoded. */
    private long bodyBytes;

    IncomingRequest(
            HttpRequest head,
            String path,
            @Nullable String query,
            RequestCheck.Route route,
            @Nullable Principal caller,
            int maxBody) {
        this.head = head;
        this.path = path;
        this.query = query;
        this.route = route;
        this.caller = caller;
        this.keepAlive = HttpUtil.isKeepAlive(head);
        this.body = new BodyBuffer(maxBody);
    }

    /** Whether the peer waits for {@code 100 Continue} before it sends the body. */
    boolean expectsContinue() {
        return HttpUtil.is100ContinueExpected(head);
    }

    String method() {
        return head.method().name();
    }

    boolean isHead() {
        return method().equals("HEAD");
    }

    boolean isHttp10() {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    String path() {
        return path;
    }

    @Nullable
    String query() {
        return query;
    }

    HttpHeaders headers() {
        return head.headers();
    }

    /** Who has sent it; null if the server does not authenticate, or has refused it. */
    @Nullable
    Principal caller() {
        return caller;
    }

    /** The handler of the request; null if it is refused. */
    @Nullable
    HttpHandler handler() {
        return route.handler();
    }

    /** What takes over the connection; null if nothing does. */
    @Nullable
    UpgradeHandler upgrade() {
        return route.upgrade();
    }

    /** The response to send, once the body has been skipped, instead of calling a handler. */
    @Nullable
    HttpResponse refusal() {
        return route.refusal();
    }

    /** Whether the peer allows a further request on the connection. */
    boolean isKeepAlive() {
        return keepAlive;
    }

    /** When its head had arrived. */
    long startNanos() {
        return startNanos;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Adds a part of the body, or skips it if the request is refused; false if the body exceeds the limit. */
    boolean receive(ByteBuf part) {
        bodyBytes += part.readableBytes();
        return route.refusal() != null || body.add(part);
    }

    /** The body received, still encoded, which is the caller's from now on. */
    byte[] takeBody() {
        return body.take();
    }
}
