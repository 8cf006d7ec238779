package dev.parley.net.http.server;

import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an {@link HttpServer}: a state machine on its event loop.
 *
 * <p>While a request is worked on the connection stays readable, so that a peer's going away is seen; as soon as a further request's bytes arrive,
 * reading stops until the answer is out.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

    /** Answers below this size go out as they are: it is what fits into one Ethernet packet, and the bound that Python's server uses. */
    private static final int GZIP_FROM = 1400;

    /** How long a connection that ends with a refusal stays half open, so that the peer can read it before its own sending fails. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Fired through a pipeline when the server stops. */
    enum StopSignal {
        STOP
    }

    private enum State {
        /** Between requests. */
        IDLE,
        /** The head is there, the body is coming. */
        BODY,
        /** A handler has the request. */
        RUNNING,
        /** The last answer is written; what still comes is thrown away. */
        CLOSING
    }

    private final HttpServer server;
    private final StrictRequestDecoder decoder;
    private final @Nullable SslHandler ssl;
    private final ArrayDeque<HttpObject> pending = new ArrayDeque<>();
    private final BodyBuffer body;

    private @Nullable ChannelHandlerContext context;
    private State state = State.IDLE;
    private @Nullable HttpRequest head;
    private @Nullable HttpHandler handler;
    private @Nullable String path;
    private @Nullable String query;
    private @Nullable HttpResponse refusal;
    private @Nullable HttpExchange running;
    private boolean keepAlive;
    private boolean draining;
    private boolean unflushed;
    private long deadline;

    HttpConnection(HttpServer server, StrictRequestDecoder decoder, @Nullable SslHandler ssl) {
        this.server = server;
        this.decoder = decoder;
        this.ssl = ssl;
        this.body = new BodyBuffer(server.limits().maxBody());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadlineIn(server.limits().idleTimeout().toNanos());
        scheduleCheck(ctx);
        updateReading(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        releasePending();
        state = State.CLOSING;
        HttpExchange exchange = running;
        running = null;
        if (exchange != null) {
            exchange.cancel();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            log.debug("{}: connection failed: {}", ctx.channel().remoteAddress(), cause.toString());
        } else {
            log.warn("{}: closing the connection", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof StopSignal) {
            if (state == State.IDLE && pending.isEmpty()) {
                ctx.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        drain(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.CLOSING) {
            ReferenceCountUtil.release(message);
            return;
        }
        pending.add((HttpObject) message);
        drain(ctx);
    }

    /** Takes what has arrived as far as it goes; not re-entered when a handler answers at once, so that pipelining costs no stack. */
    private void drain(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while ((state == State.IDLE || state == State.BODY) && ctx.channel().isWritable()) {
                HttpObject next = pending.poll();
                if (next == null) {
                    break;
                }
                try {
                    accept(ctx, next);
                } finally {
                    ReferenceCountUtil.release(next);
                }
            }
        } finally {
            draining = false;
        }
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
        updateReading(ctx);
    }

    private void updateReading(ChannelHandlerContext ctx) {
        boolean read = state == State.CLOSING || pending.isEmpty();
        if (ctx.channel().config().isAutoRead() != read) {
            ctx.channel().config().setAutoRead(read);
        }
    }

    private void accept(ChannelHandlerContext ctx, HttpObject message) {
        if (message.decoderResult().isFailure()) {
            refuseAndClose(ctx, RequestCheck.malformed(message.decoderResult().cause()));
            return;
        }
        if (message instanceof HttpRequest request) {
            begin(ctx, request);
        }
        if (message instanceof HttpContent content && state == State.BODY) {
            deadlineIn(server.limits().readTimeout().toNanos());
            ByteBuf data = content.content();
            if (refusal == null && !body.add(data)) {
                refuseAndClose(ctx, RequestCheck.tooLarge(server.limits().maxBody()));
            } else if (message instanceof LastHttpContent) {
                finish(ctx);
            }
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        state = State.BODY;
        deadlineIn(server.limits().readTimeout().toNanos());
        head = request;
        keepAlive = HttpUtil.isKeepAlive(request);
        body.clear();
        if (server.isStopping()) {
            refuseAndClose(ctx, HttpResponse.text(503, "the server is stopping"));
            return;
        }
        HttpResponse fatal = RequestCheck.framing(request, server.limits().maxBody());
        if (fatal != null) {
            refuseAndClose(ctx, fatal);
            return;
        }
        try {
            QueryStringDecoder target = new QueryStringDecoder(RequestCheck.originForm(request.uri()));
            path = target.path();
            query = target.rawQuery().isEmpty() ? null : target.rawQuery();
        } catch (IllegalArgumentException e) {
            refuseAndClose(ctx, HttpResponse.text(400, "the request target is not a valid path: " + e.getMessage()));
            return;
        }
        RequestCheck.Route route = RequestCheck.route(server, request, path);
        handler = route.handler();
        refusal = route.refusal();
        if (HttpUtil.is100ContinueExpected(request)) {
            if (refusal != null) {
                refuseAndClose(ctx, refusal);
            } else {
                ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        }
    }

    /** The request is complete. */
    private void finish(ChannelHandlerContext ctx) {
        HttpRequest request = head;
        HttpHandler target = handler;
        if (refusal != null || target == null || request == null || path == null) {
            write(ctx, refusal == null ? HttpResponse.text(500, "no handler") : refusal, false, false);
            return;
        }
        state = State.RUNNING;
        String coding = request.headers().get("content-encoding");
        if (ContentCoding.isIdentity(coding)) {
            run(new HttpExchange(this, request, path, query, body.take()), target);
        } else {
            // Inflating takes as long as the limit is high: not on the event loop.
            byte[] coded = body.take();
            String thePath = path;
            String theQuery = query;
            Thread.startVirtualThread(() -> inflate(ctx, request, thePath, theQuery, coding, coded, target));
        }
    }

    private void inflate(
            ChannelHandlerContext ctx,
            HttpRequest request,
            String thePath,
            @Nullable String theQuery,
            String coding,
            byte[] coded,
            HttpHandler target) {
        int limit = server.limits().maxBody();
        HttpResponse failure;
        try {
            byte[] plain = ContentCoding.decode(coding, coded, limit);
            ctx.executor().execute(() -> run(new HttpExchange(this, request, thePath, theQuery, plain), target));
            return;
        } catch (ContentCoding.TooLargeException e) {
            failure = RequestCheck.tooLarge(limit);
        } catch (IOException e) {
            failure = HttpResponse.text(400, "the body is not valid " + coding + ": " + e.getMessage());
        }
        HttpResponse answer = failure;
        ctx.executor().execute(() -> {
            if (state == State.RUNNING) {
                write(ctx, answer, false, false);
                drain(ctx);
            }
        });
    }

    private void run(HttpExchange exchange, HttpHandler target) {
        if (state != State.RUNNING) {
            return;
        }
        running = exchange;
        try {
            target.handle(exchange);
        } catch (RuntimeException | Error e) {
            log.error("the handler of {} failed", exchange.path(), e);
            if (!exchange.isAnswered()) {
                exchange.respond(HttpResponse.text(500, "the server failed to handle this request"));
            }
        }
    }

    /** Takes a handler's answer, from any thread. */
    void respond(HttpExchange exchange, HttpResponse response) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        boolean gzip = response.body().length > GZIP_FROM
                && exchange.accepts("gzip")
                && !response.headers().contains("content-encoding");
        HttpResponse ready = gzip
                ? new HttpResponse(
                        response.status(),
                        response.headers().with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding"),
                        ContentCoding.gzip(response.body()))
                : response;
        if (ctx.executor().inEventLoop()) {
            answered(ctx, exchange, ready);
        } else {
            ctx.executor().execute(() -> answered(ctx, exchange, ready));
        }
    }

    private void answered(ChannelHandlerContext ctx, HttpExchange exchange, HttpResponse response) {
        if (running == exchange) {
            running = null;
            write(ctx, response, false, exchange.isHead());
            drain(ctx);
        }
    }

    private void refuseAndClose(ChannelHandlerContext ctx, HttpResponse response) {
        log.debug("{}: refused a request: {}", ctx.channel().remoteAddress(), response);
        write(ctx, response, true, false);
    }

    private void write(ChannelHandlerContext ctx, HttpResponse response, boolean close, boolean headOnly) {
        boolean last = close || !keepAlive || server.isStopping();
        HttpRequest request = head;
        boolean bodiless = response.status() == 204 || response.status() == 304;
        DefaultFullHttpResponse message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                bodiless || headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body()),
                DefaultHttpHeadersFactory.headersFactory().withValidation(false),
                DefaultHttpHeadersFactory.trailersFactory());
        HttpHeaders headers = message.headers();
        response.headers().forEach(headers::add);
        headers.set("Date", HttpDate.now());
        if (!bodiless) {
            headers.set("Content-Length", response.body().length);
        }
        if (last) {
            headers.set("Connection", "close");
        } else if (request != null && request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            headers.set("Connection", "keep-alive");
        }
        head = null;
        handler = null;
        refusal = null;
        if (last) {
            state = State.CLOSING;
            releasePending();
            deadlineIn(server.limits().readTimeout().toNanos());
            ctx.writeAndFlush(message).addListener((ChannelFutureListener) sent -> linger(ctx, sent.isSuccess()));
            updateReading(ctx);
            return;
        }
        state = State.IDLE;
        deadlineIn(server.limits().idleTimeout().toNanos());
        if (draining) {
            unflushed = true;
            ctx.write(message);
        } else {
            ctx.writeAndFlush(message);
        }
    }

    /** Ends our side and waits for the peer's end: closing at once would reset the connection under an answer not yet read. */
    private void linger(ChannelHandlerContext ctx, boolean sent) {
        if (!sent) {
            ctx.close();
            return;
        }
        if (ssl == null && ctx.channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        ctx.executor().schedule(() -> ctx.close(), LINGER_NANOS, TimeUnit.NANOSECONDS);
    }

    private void deadlineIn(long nanos) {
        deadline = System.nanoTime() + nanos;
    }

    private void scheduleCheck(ChannelHandlerContext ctx) {
        HttpLimits limits = server.limits();
        long every =
                Math.min(limits.idleTimeout().toNanos(), limits.readTimeout().toNanos());
        long next = Math.clamp(deadline - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(1), every);
        ctx.executor().schedule(() -> check(ctx), next, TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        boolean waiting = state != State.RUNNING
                && (ctx.channel().config().isAutoRead() || !ctx.channel().isWritable());
        if (!waiting || System.nanoTime() - deadline < 0) {
            scheduleCheck(ctx);
            return;
        }
        if (state == State.BODY || (state == State.IDLE && decoder.holdsPartOfHead())) {
            refuseAndClose(ctx, HttpResponse.text(408, "the rest of the request did not arrive in time"));
        } else {
            ctx.close();
        }
    }

    private void releasePending() {
        HttpObject left;
        while ((left = pending.poll()) != null) {
            ReferenceCountUtil.release(left);
        }
    }

    SocketAddress remoteAddress() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not connected");
        }
        return ctx.channel().remoteAddress();
    }

    boolean authenticates() {
        return server.auth() != null;
    }

    boolean isSecure() {
        return ssl != null;
    }

    Optional<Principal> tlsPrincipal() {
        try {
            return ssl == null
                    ? Optional.empty()
                    : Optional.of(ssl.engine().getSession().getPeerPrincipal());
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }
}
