package dev.parley.net.http.server;

import dev.parley.net.http.HttpResponse;
import dev.parley.spi.MessageCharge;
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
    private final MessageCharge charge;
    private final long startNanos = System.nanoTime();

    /** How much of the body has been received, encoded. */
    private long bodyBytes;

    private boolean headCharged;

    IncomingRequest(
            HttpRequest head,
            String path,
            @Nullable String query,
            RequestCheck.Route route,
            @Nullable Principal caller,
            int maxBody,
            MessageCharge charge) {
        this.head = head;
        this.path = path;
        this.query = query;
        this.route = route;
        this.caller = caller;
        this.keepAlive = HttpUtil.isKeepAlive(head);
        // Of an announced length, so that the buffer has no more than that when it is full.
        long length = HttpUtil.getContentLength(head, (long) maxBody);
        this.body = new BodyBuffer(Math.clamp(length, 0, maxBody));
        this.charge = charge;
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

    /** What the request, and then its response, hold of the memory budget. */
    MessageCharge charge() {
        return charge;
    }

    /** How much memory the body takes so far, in bytes. */
    int capacity() {
        return body.capacity();
    }

    /** Adds a part of the body, or skips it if the request is refused. */
    BodyBuffer.Added receive(ByteBuf part) {
        bodyBytes += part.readableBytes();
        if (route.refusal() != null) {
            return BodyBuffer.Added.YES;
        }
        // Together with the first part: most requests are one part.
        long headCost = headCharged ? 0 : RequestMemory.cost(head);
        BodyBuffer.Added added = body.add(part, charge, headCost);
        headCharged |= added == BodyBuffer.Added.YES;
        return added;
    }

    /** Drops what has been received of the body. */
    void dropBody() {
        body.clear();
    }

    /** The body received, still encoded, which is the caller's from now on; {@code null} if there is no memory for it. */
    byte @Nullable [] takeBody() {
        return body.take(charge);
    }
}
