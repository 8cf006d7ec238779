package dev.parley.net.http.server;

import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.socket.PeerCertificates;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.spi.PeerLog;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an {@link HttpServer}: a state machine that handles one request at a time.
 *
 * <p>While a request is handled the connection stays readable, so that the close of the peer is seen. As soon as bytes
 * of a further request arrive, reading stops until the response has been written.
 *
 * <p>Used on the connection's event loop only, save {@link #respond} and the methods that describe the peer, which any
 * thread may call.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);
    private static final PeerLog faults = new PeerLog(log);

    /**
     * How long a connection stays half open after its last response, so that the peer can read it before its own
     * sending fails.
     */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private enum State {
        /** Between requests. */
        IDLE,
        /** A head has been received, its body is being received. */
        BODY,
        /** A head has been received, its credentials are being checked. */
        LOGIN,
        /** A handler has the request. */
        HANDLING,
        /** Another protocol has taken over the connection. */
        UPGRADED,
        /** The last response has been written; whatever is received is discarded. */
        CLOSING
    }

    private final HttpServer server;
    private final Channel channel;
    private final StrictRequestDecoder decoder;
    private final @Nullable SslHandler ssl;
    private final String remoteAddress;
    private final ResponseWriter writer;
    private final ConnectionTimer timer;
    private final long idleNanos;
    private final long readNanos;

    /** Received, but not yet processed. */
    private final ArrayDeque<HttpObject> pending = new ArrayDeque<>();

    private State state = State.IDLE;
    private boolean draining;
    private boolean ended;

    /** The request being received or handled. */
    private @Nullable IncomingRequest request;

    /** The request being handled, as its handler sees it. */
    private @Nullable HttpExchange exchange;

    HttpConnection(HttpServer server, Channel channel, StrictRequestDecoder decoder, @Nullable SslHandler ssl) {
        this.server = server;
        this.channel = channel;
        this.decoder = decoder;
        this.ssl = ssl;
        // Read now, because a channel that is closed no longer knows it.
        this.remoteAddress = SocketAddresses.text(channel.remoteAddress());
        this.writer = new ResponseWriter(channel);
        this.timer = new ConnectionTimer(channel, server.limits());
        this.idleNanos = server.limits().idleTimeout().toNanos();
        this.readNanos = server.limits().readTimeout().toNanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer.start(idleNanos, this::timedOut);
        updateReading();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        releasePending();
        state = State.CLOSING;
        HttpExchange handled = exchange;
        exchange = null;
        if (handled != null) {
            logAccess(request, handled, AccessLog.DISCONNECTED, 0);
            handled.cancel();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ConnectionFaults.closing(log, faults, remoteAddress, cause);
        channel.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof StopSignal) {
            if (state == State.IDLE && pending.isEmpty()) {
                channel.close();
            }
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        drain();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.CLOSING) {
            ReferenceCountUtil.release(message);
            return;
        }
        pending.add((HttpObject) message);
        drain();
    }

    /**
     * Processes what has been received as far as possible. Not re-entered when a handler responds at once, so that
     * pipelined requests do not deepen the stack.
     */
    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        writer.cork();
        try {
            while ((state == State.IDLE || state == State.BODY) && channel.isWritable()) {
                HttpObject next = pending.poll();
                if (next == null) {
                    break;
                }
                try {
                    process(next);
                } finally {
                    ReferenceCountUtil.release(next);
                }
            }
        } finally {
            draining = false;
            writer.uncork();
        }
        if (ended && pending.isEmpty() && (state == State.IDLE || state == State.BODY)) {
            // Nothing is left to respond to, and the rest of a request will not come; the last response may be unread.
            state = State.CLOSING;
            timer.expireIn(readNanos);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        updateReading();
    }

    private void updateReading() {
        if (state == State.UPGRADED) {
            return;
        }
        boolean read = state == State.CLOSING || pending.isEmpty();
        if (channel.config().isAutoRead() != read) {
            channel.config().setAutoRead(read);
        }
    }

    private void process(HttpObject message) {
        if (message.decoderResult().isFailure()) {
            refuseAndClose(RequestCheck.malformed(message.decoderResult().cause()));
            return;
        }
        if (message instanceof HttpRequest head) {
            begin(head);
        }
        IncomingRequest receiving = request;
        if (message instanceof HttpContent part && state == State.BODY && receiving != null) {
            timer.expireIn(readNanos);
            if (!receiving.receive(part.content())) {
                refuseAndClose(RequestCheck.tooLarge(server.limits().maxBody()));
            } else if (message instanceof LastHttpContent) {
                handle(receiving);
            }
        }
    }

    private void begin(HttpRequest head) {
        state = State.BODY;
        timer.expireIn(readNanos);
        int maxBody = server.limits().maxBody();
        if (server.isStopping()) {
            refuseAndClose(HttpResponse.text(503, "the server is stopping"));
            return;
        }
        HttpResponse fatal = RequestCheck.framing(head, maxBody);
        if (fatal != null) {
            refuseAndClose(fatal);
            return;
        }
        String path;
        String query;
        try {
            QueryStringDecoder target = new QueryStringDecoder(RequestCheck.originForm(head.uri()));
            path = target.path();
            query = target.rawQuery().isEmpty() ? null : target.rawQuery();
        } catch (IllegalArgumentException e) {
            refuseAndClose(HttpResponse.text(400, "the request target is not a valid path: " + e.getMessage()));
            return;
        }
        CompletableFuture<IncomingRequest> admitted =
                new Admission(server, head, path, query).decide(PeerCertificates.of(ssl), remoteAddress);
        if (admitted.isDone()) {
            begin(admitted.join());
            return;
        }
        state = State.LOGIN;
        admitted.thenAccept(begun -> channel.eventLoop().execute(() -> {
            if (state == State.LOGIN) {
                state = State.BODY;
                timer.expireIn(readNanos);
                begin(begun);
                drain();
            }
        }));
    }

    private void begin(IncomingRequest begun) {
        request = begun;
        if (begun.expectsContinue()) {
            HttpResponse refusal = begun.refusal();
            if (refusal != null) {
                refuseAndClose(refusal);
            } else {
                writer.writeContinue();
            }
        }
    }

    /** Passes a complete request to its handler. */
    private void handle(IncomingRequest received) {
        UpgradeHandler upgrade = received.upgrade();
        if (upgrade != null) {
            upgrade(received, upgrade);
            return;
        }
        HttpResponse refusal = received.refusal();
        HttpHandler handler = received.handler();
        if (refusal != null || handler == null) {
            write(refusal == null ? HttpResponse.text(500, "no handler") : refusal, false);
            return;
        }
        state = State.HANDLING;
        String coding = received.headers().get("Content-Encoding");
        byte[] body = received.takeBody();
        if (ContentCoding.isIdentity(coding)) {
            handle(new HttpExchange(this, received, body), handler);
        } else {
            // Decoding up to the largest body may take long: not on the event loop.
            Thread.startVirtualThread(() -> decode(received, coding, body, handler));
        }
    }

    /** Lets the handler of an upgrade decide, and passes the connection on to it. */
    private void upgrade(IncomingRequest received, UpgradeHandler handler) {
        if (received.takeBody().length > 0 || !pending.isEmpty() || !received.isKeepAlive()) {
            refuseAndClose(HttpResponse.text(
                    400, "a request to upgrade must have no body and be the last one before the response"));
            return;
        }
        UpgradeHandler.Decision decision;
        try {
            decision = handler.decide(new HttpExchange(this, received, new byte[0]));
        } catch (RuntimeException | Error e) {
            faults.error(remoteAddress, "the upgrade at {} failed", received.path(), e);
            refuseAndClose(HttpResponse.text(500, "the server failed to handle this request"));
            return;
        }
        Consumer<ChannelPipeline> install = decision.install();
        if (install == null) {
            write(decision.response(), false);
            return;
        }
        state = State.UPGRADED;
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        request = null;
        timer.stop();
        writer.write(decision.response(), received, false);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.remove(HttpResponseEncoder.class);
        install.accept(pipeline);
        // The decoder last, since it then passes on what it has not read: to the new protocol.
        pipeline.remove(this);
        pipeline.remove(decoder);
        channel.config().setAutoRead(true);
    }

    private void decode(IncomingRequest received, String coding, byte[] encoded, HttpHandler handler) {
        int maxBody = server.limits().maxBody();
        HttpResponse failure;
        try {
            HttpExchange decoded = new HttpExchange(this, received, ContentCoding.decode(coding, encoded, maxBody));
            channel.eventLoop().execute(() -> handle(decoded, handler));
            return;
        } catch (ContentCoding.TooLargeException e) {
            failure = RequestCheck.tooLarge(maxBody);
        } catch (IOException e) {
            failure = HttpResponse.text(400, "the body is not valid " + coding + ": " + e.getMessage());
        }
        HttpResponse response = failure;
        channel.eventLoop().execute(() -> {
            if (state == State.HANDLING) {
                write(response, false);
                drain();
            }
        });
    }

    private void handle(HttpExchange complete, HttpHandler handler) {
        if (state != State.HANDLING) {
            return;
        }
        exchange = complete;
        try {
            handler.handle(complete);
        } catch (RuntimeException | Error e) {
            faults.error(remoteAddress, "the handler of {} failed", complete.path(), e);
            complete.tryRespond(HttpResponse.text(500, "the server failed to handle this request"));
        }
    }

    /** Takes a handler's response, from any thread. */
    void respond(HttpExchange handled, HttpResponse response) {
        HttpResponse ready = ResponseWriter.compress(response, handled);
        if (channel.eventLoop().inEventLoop()) {
            complete(handled, ready);
        } else {
            channel.eventLoop().execute(() -> complete(handled, ready));
        }
    }

    private void complete(HttpExchange handled, HttpResponse response) {
        if (exchange == handled) {
            write(response, false);
            drain();
        }
    }

    private void refuseAndClose(HttpResponse response) {
        log.debug("{}: refused a request: {}", remoteAddress, response);
        write(response, true);
    }

    private void write(HttpResponse given, boolean close) {
        IncomingRequest finished = request;
        HttpResponse response = RequestCheck.shared(server, given, finished);
        HttpExchange handled = exchange;
        request = null;
        exchange = null;
        logAccess(
                finished,
                handled,
                response.status(),
                finished != null && finished.isHead() ? 0 : response.body().length);
        boolean last = close
                || finished == null
                || !finished.isKeepAlive()
                || server.isStopping()
                || ended && pending.isEmpty();
        if (last) {
            state = State.CLOSING;
            releasePending();
            timer.expireIn(readNanos);
            writer.write(response, finished, true)
                    .addListener((ChannelFutureListener) sent -> linger(sent.isSuccess()));
            updateReading();
        } else {
            state = State.IDLE;
            timer.expireIn(idleNanos);
            writer.write(response, finished, false);
        }
    }

    private void logAccess(@Nullable IncomingRequest finished, @Nullable HttpExchange handled, int status, long bytes) {
        AccessLog access = server.accessLog();
        if (access.isEnabled()) {
            access.log(remoteAddress, finished, handled, status, bytes);
        }
    }

    /**
     * The peer has closed its sending half: it still waits for the responses to what it has sent, or has closed both
     * halves, which looks the same.
     */
    private void inputEnded() {
        ended = true;
        drain();
        if (state == State.HANDLING) {
            channel.eventLoop()
                    .schedule(
                            () -> channel.close(),
                            server.limits().halfCloseTimeout().toNanos(),
                            TimeUnit.NANOSECONDS);
        } else if (state == State.CLOSING && channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
            channel.close();
        }
    }

    /** Ends this side and waits for the peer's end: closing at once may reset the connection before the peer reads. */
    private void linger(boolean sent) {
        if (!sent || ended) {
            channel.close();
            return;
        }
        if (ssl == null && channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_NANOS, TimeUnit.NANOSECONDS);
    }

    private void timedOut() {
        boolean waitsForPeer = state != State.HANDLING
                && state != State.LOGIN
                && (channel.config().isAutoRead() || !channel.isWritable());
        if (!waitsForPeer) {
            return;
        }
        if (state == State.BODY || (state == State.IDLE && decoder.holdsPartOfHead())) {
            refuseAndClose(HttpResponse.text(408, "the rest of the request did not arrive in time"));
        } else {
            channel.close();
        }
    }

    private void releasePending() {
        HttpObject left;
        while ((left = pending.poll()) != null) {
            ReferenceCountUtil.release(left);
        }
    }

    boolean logsAccess() {
        return server.accessLog().isEnabled();
    }

    String remoteAddress() {
        return remoteAddress;
    }

    boolean isSecure() {
        return ssl != null;
    }

    /** The subject of the peer's certificate; null without TLS or without a certificate. */
    @Nullable
    Principal certificateSubject() {
        return PeerCertificates.subject(ssl);
    }
}
