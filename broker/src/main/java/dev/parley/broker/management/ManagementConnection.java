package dev.parley.broker.management;

import dev.parley.broker.auth.Credentials;
import dev.parley.broker.auth.PendingLogin;
import dev.parley.broker.auth.User;
import dev.parley.broker.auth.Users;
import dev.parley.broker.limit.Debts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the management API: one request at a time, with its body. It is closed if a request is not
 * complete, or its response not written, in time. Used on the event loop.
 */
final class ManagementConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger log = LoggerFactory.getLogger(ManagementConnection.class);

    private final ManagementServer server;
    private final Channel channel;
    private final long timeoutMillis;
    private final Debts.Debt debt;
    private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable HttpRequest request;
    private boolean responding;
    private boolean refused;
    private @Nullable Future<?> timer;
    private @Nullable PendingLogin login;

    ManagementConnection(ManagementServer server, Channel channel, long timeoutMillis, Debts debts) {
        super(HttpObject.class);
        this.server = server;
        this.channel = channel;
        this.timeoutMillis = timeoutMillis;
        this.debt = debts.new Debt(channel::close);
    }

    /** Whether no request is complete or logged in, so that the connection can be closed in favor of another. */
    boolean isWaiting() {
        return !responding || (login != null && login.isPending());
    }

    void close() {
        channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        startTimer();
    }

    private void startTimer() {
        stopTimer();
        timer = channel.eventLoop().schedule(this::timedOut, timeoutMillis, TimeUnit.MILLISECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void timedOut() {
        log.debug(
                "{} did not {} within {} ms",
                channel.remoteAddress(),
                responding ? "read its response" : "complete a request",
                timeoutMillis);
        channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (refused) {
            return; // What is left of a body that is too large.
        }
        if (responding) {
            // Another request before this one has its response: none of our clients does that.
            channel.close();
        } else if (!message.decoderResult().isSuccess()) {
            respond(
                    Response.error(
                            HttpURLConnection.HTTP_BAD_REQUEST,
                            "bad_request",
                            String.valueOf(message.decoderResult().cause().getMessage())),
                    null,
                    () -> {});
        } else {
            if (message instanceof HttpRequest begun) {
                request = begun;
            }
            if (message instanceof HttpContent content && !receive(content.content())) {
                return;
            }
            HttpRequest complete = request;
            if (message instanceof LastHttpContent && complete != null) {
                responding = true;
                stopTimer();
                channel.config().setAutoRead(false);
                server.respond(this, complete, body.toByteArray(), channel.remoteAddress());
            }
        }
    }

    /** Adds to the body; returns false if it is too large, which is answered. */
    private boolean receive(ByteBuf part) {
        int count = part.readableBytes();
        if (count == 0) {
            return true;
        }
        if (body.size() + count > server.maxBody()) {
            refused = true;
            respond(
                    Response.error(
                            HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
                            "request_entity_too_large",
                            "a body has at most " + server.maxBody() + " bytes"),
                    null,
                    () -> {});
            return false;
        }
        if (!debt.hold(count)) {
            channel.close();
            return false;
        }
        body.writeBytes(ByteBufUtil.getBytes(part));
        return true;
    }

    private void dropBody() {
        debt.release(debt.bytes());
        body = new ByteArrayOutputStream(0); // A large one must not be held by an idle connection.
    }

    /** Logs the client in; the outcome is told on the event loop, unless the connection ends before. */
    void login(
            Users users,
            Credentials credentials,
            @Nullable InetAddress from,
            Consumer<? super @Nullable User> outcome) {
        login = PendingLogin.begin(users, credentials, from, channel.eventLoop(), outcome);
    }

    /**
     * Sends a response. Called by any thread, once per request.
     *
     * @param to what it responds to; {@code null} if that was malformed, so that nothing more is read
     * @param written runs when it is written, or lost
     */
    void respond(Response response, @Nullable HttpRequest to, Runnable written) {
        Object body = response.body();
        byte[] octets = body == null ? new byte[0] : Json.bytes(body);
        boolean head = to != null && to.method().equals(HttpMethod.HEAD);
        FullHttpResponse message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(octets));
        if (body != null) {
            message.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        }
        message.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        response.fields().forEach(message.headers()::set);
        if (response.status() != HttpURLConnection.HTTP_NO_CONTENT) {
            HttpUtil.setContentLength(message, octets.length);
        }
        boolean keepAlive = to != null && HttpUtil.isKeepAlive(to);
        HttpUtil.setKeepAlive(message, keepAlive);
        channel.eventLoop().execute(() -> write(message, keepAlive, written));
    }

    private void write(FullHttpResponse message, boolean keepAlive, Runnable written) {
        responding = true;
        startTimer();
        ChannelFuture writing = channel.writeAndFlush(message);
        writing.addListener(done -> {
            written.run();
            dropBody();
            if (keepAlive && done.isSuccess()) {
                request = null;
                responding = false;
                startTimer();
                channel.config().setAutoRead(true);
            }
        });
        if (!keepAlive) {
            writing.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopTimer();
        dropBody();
        if (login != null) {
            login.cancel();
        }
        server.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("{} failed: {}", channel.remoteAddress(), String.valueOf(cause.getMessage()));
        } else {
            log.error("{} failed", channel.remoteAddress(), cause);
        }
        channel.close();
    }
}
