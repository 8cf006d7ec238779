package dev.parley.net.http.server;

import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.PeerCertificates;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.spi.PeerLog;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
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

    /** The response to a request that this server failed on. */
    static final HttpResponse FAILURE = HttpResponse.text(500, "the server failed to handle this request");

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
    private final RequestMemory memory;
    private final ResponseSender responses;

    /** Received, but not yet processed. */
    private final PendingMessages pending;

    private State state = State.IDLE;
    private boolean draining;
    private boolean ended;
    /** Whether requests have been dropped, so that the response to the one being handled is the last one. */
    private boolean overloaded;

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
        this.memory = new RequestMemory(server.memory(), channel, this::shed);
        this.pending = new PendingMessages(memory);
        this.responses = new ResponseSender(server, channel, writer, timer, memory);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer.start(this::timedOut);
        updateReading();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        pending.clear();
        HttpExchange handled = exchange;
        IncomingRequest received = request;
        exchange = null;
        request = null;
        if (received != null) {
            received.charge().abandon();
            if (state != State.HANDLING) {
                memory.over(received.charge());
            }
        }
        state = State.CLOSING;
        if (handled != null) {
            server.accessLog().log(remoteAddress, received, handled, AccessLog.DISCONNECTED, 0);
            handled.cancel();
        }
        memory.disconnected();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        memory.disconnected();
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
        if (!pending.chargeLast()) {
            // The request being handled gets its response, and those behind it do not.
            pending.clear();
            overloaded = true;
            updateReading();
        }
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
            timer.closing();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        updateReading();
    }

    private void updateReading() {
        if (state == State.UPGRADED) {
            return;
        }
        boolean read = state == State.CLOSING || pending.isEmpty() && !memory.isPaused() && !overloaded;
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
            timer.received(part.content().readableBytes());
            switch (receiving.receive(part.content())) {
                case TOO_LARGE ->
                    refuseAndClose(RequestCheck.tooLarge(server.limits().maxBody()));
                case OVERLOADED -> refuseAndClose(RequestMemory.refusal());
                case YES -> {
                    if (message instanceof LastHttpContent) {
                        handle(receiving);
                    } else {
                        memory.pauseIfScarce(receiving.capacity(), this::updateReading);
                    }
                }
            }
        }
    }

    private void begin(HttpRequest head) {
        state = State.BODY;
        timer.receiving();
        RequestCheck.Target target = RequestCheck.target(server, head);
        if (target.fatal() != null) {
            refuseAndClose(target.fatal());
            return;
        }
        CompletableFuture<IncomingRequest> admitted = new Admission(
                        server, head, target.path(), target.query(), memory.begin())
                .decide(PeerCertificates.of(ssl), remoteAddress);
        if (admitted.isDone()) {
            begin(admitted.join());
            return;
        }
        state = State.LOGIN;
        admitted.thenAccept(begun -> ChannelTasks.execute(channel, () -> {
            if (state == State.LOGIN) {
                state = State.BODY;
                timer.receiving();
                begin(begun);
                drain();
            } else {
                memory.over(begun.charge());
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
        byte[] body = received.takeBody();
        if (body == null) {
            write(RequestMemory.refusal(), false);
            return;
        }
        state = State.HANDLING;
        String coding = received.headers().get("Content-Encoding");
        if (ContentCoding.isIdentity(coding)) {
            handle(new HttpExchange(this, received, body), handler);
        } else {
            timer.inflating();
            new RequestInflater(coding, body, server.limits().maxBody(), received.charge(), remoteAddress, channel)
                    .start(
                            inflated -> ifWanted(
                                    received, () -> handle(new HttpExchange(this, received, inflated), handler)),
                            refused -> ifWanted(received, () -> write(refused, false)));
        }
    }

    /** Goes on with an inflated request, unless the peer has gone meanwhile. */
    private void ifWanted(IncomingRequest received, Runnable then) {
        if (state == State.HANDLING) {
            then.run();
            drain();
        } else {
            memory.over(received.charge());
        }
    }

    /** Lets the handler of an upgrade decide, and passes the connection on to it. */
    private void upgrade(IncomingRequest received, UpgradeHandler handler) {
        if (received.bodyBytes() > 0 || !pending.isEmpty() || !received.isKeepAlive()) {
            refuseAndClose(HttpResponse.text(
                    400, "a request to upgrade must have no body and be the last one before the response"));
            return;
        }
        UpgradeHandler.Decision decision =
                ConnectionUpgrade.decide(handler, new HttpExchange(this, received, new byte[0]));
        if (decision == null) {
            refuseAndClose(FAILURE);
            return;
        }
        Consumer<ChannelPipeline> install = decision.install();
        if (install == null) {
            write(decision.response(), false);
            return;
        }
        state = State.UPGRADED;
        request = null;
        memory.over(received.charge());
        timer.stop();
        writer.write(decision.response(), received, false);
        ConnectionUpgrade.install(install, channel.pipeline(), this, decoder);
    }

    private void handle(HttpExchange complete, HttpHandler handler) {
        if (!RequestMemory.keep(complete.charge())) {
            write(RequestMemory.refusal(), false);
            return;
        }
        exchange = complete;
        try {
            handler.handle(complete);
        } catch (RuntimeException | Error e) {
            faults.error(remoteAddress, "the handler of {} failed", complete.path(), e);
            complete.abandon();
        }
    }

    /** Takes a handler's response, from any thread. */
    void respond(HttpExchange handled, HttpResponse response) {
        HttpResponse ready = ResponseWriter.compress(response, handled);
        if (channel.eventLoop().inEventLoop()) {
            complete(handled, ready);
        } else {
            ChannelTasks.execute(channel, () -> complete(handled, ready));
        }
    }

    /** Closes the connection if the response to a request could not be sent. */
    void abandon(HttpExchange handled) {
        ChannelTasks.execute(channel, () -> {
            if (exchange == handled) {
                channel.close();
            }
        });
    }

    private void complete(HttpExchange handled, HttpResponse response) {
        if (exchange == handled) {
            write(response, false);
            drain();
        } else {
            memory.over(handled.charge());
        }
    }

    /** The budget is used up, and this connection holds more of it than any other. */
    private void shed() {
        IncomingRequest held = request;
        if (state == State.BODY) {
            refuseAndClose(RequestMemory.refusal());
        } else if (state == State.HANDLING && held != null) {
            held.charge().refuse();
        } else if (state != State.UPGRADED) {
            // Responses that the peer does not read.
            channel.close();
        }
    }

    private void refuseAndClose(HttpResponse response) {
        log.debug("{}: refused a request: {}", remoteAddress, response);
        write(response, true);
    }

    private void write(HttpResponse given, boolean close) {
        IncomingRequest finished = request;
        HttpResponse response = responses.fitting(given, finished);
        HttpExchange handled = exchange;
        request = null;
        exchange = null;
        long bytes = finished != null && finished.isHead() ? 0 : response.body().length;
        server.accessLog().log(remoteAddress, finished, handled, response.status(), bytes);
        boolean last = close
                || finished == null
                || !finished.isKeepAlive()
                || server.isStopping()
                || overloaded
                || ended && pending.isEmpty();
        if (last) {
            state = State.CLOSING;
            pending.clear();
            responses.send(response, finished, true, ssl == null, () -> ended);
            updateReading();
        } else {
            state = State.IDLE;
            responses.send(response, finished, false, false, () -> false);
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
            ChannelTasks.schedule(
                    channel, channel::close, server.limits().halfCloseTimeout().toNanos());
        } else if (state == State.CLOSING && channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
            channel.close();
        }
    }

    private void timedOut() {
        if (state == State.HANDLING) {
            // A method may take as long as it likes, but not the time before its handler has the request.
            if (exchange == null && request != null) {
                request.charge().refuse();
            }
            return;
        }
        if (state == State.LOGIN) {
            refuseAndClose(HttpResponse.text(503, "the credentials could not be checked in time"));
            return;
        }
        boolean waitsForPeer = channel.config().isAutoRead() || !channel.isWritable();
        if (!waitsForPeer || responses.isBeingRead()) {
            return;
        }
        if (state == State.BODY || (state == State.IDLE && decoder.holdsPartOfHead())) {
            refuseAndClose(HttpResponse.text(408, "the rest of the request did not arrive in time"));
        } else {
            channel.close();
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
