package dev.parley.net.websocket;

import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.socket.SocketAddresses;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The client side of the opening handshake of one connection. Confined to the event loop. */
final class ClientHandshake extends ChannelInboundHandlerAdapter {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** How much of a response that is no upgrade is kept for the error. */
    private static final int MAX_BODY = 64 << 10;

    private final WebSocketClient client;
    private final int timeoutMillis;
    private final WebSocketEvents events;
    private final Consumer<Throwable> failed;
    private final String key;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Future<?> timer;
    private io.netty.handler.codec.http.@Nullable HttpResponse head;
    private boolean requested;
    private boolean ended;

    ClientHandshake(WebSocketClient client, int timeoutMillis, WebSocketEvents events, Consumer<Throwable> failed) {
        this.client = client;
        this.timeoutMillis = timeoutMillis;
        this.events = events;
        this.failed = failed;
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        this.key = Base64.getEncoder().encodeToString(nonce);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer = ctx.executor()
                .schedule(
                        () -> fail(ctx, new IOException("no response to the upgrade within " + timeoutMillis + " ms")),
                        timeoutMillis,
                        TimeUnit.MILLISECONDS);
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        if (ssl == null) {
            request(ctx.channel());
        } else {
            ssl.handshakeFuture().addListener(done -> {
                if (done.isSuccess()) {
                    request(ctx.channel());
                } else {
                    fail(ctx, done.cause());
                }
            });
        }
        ctx.fireChannelActive();
    }

    private void request(Channel channel) {
        requested = true;
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, client.target);
        HttpHeaders fields = request.headers();
        client.headers.forEach(fields::add);
        fields.set("Host", client.authority());
        fields.set("Upgrade", "websocket");
        fields.set("Connection", "Upgrade");
        fields.set("Sec-WebSocket-Version", "13");
        fields.set("Sec-WebSocket-Key", key);
        if (client.options.compresses()) {
            fields.set("Sec-WebSocket-Extensions", Deflate.HEADER);
        }
        if (!client.options.subprotocols().isEmpty()) {
            fields.set("Sec-WebSocket-Protocol", String.join(", ", client.options.subprotocols()));
        }
        channel.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (!ended && message instanceof HttpObject part) {
                received(ctx, part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void received(ChannelHandlerContext ctx, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            Throwable cause = part.decoderResult().cause();
            fail(ctx, new IOException("the response to the upgrade is not HTTP: " + cause.getMessage(), cause));
            return;
        }
        if (part instanceof io.netty.handler.codec.http.HttpResponse response) {
            head = response;
        }
        io.netty.handler.codec.http.HttpResponse response = head;
        if (response == null) {
            return;
        }
        int status = response.status().code();
        if (status == 101) {
            upgrade(ctx, headers(response));
            return;
        }
        if (part instanceof HttpContent content) {
            ByteBuf bytes = content.content();
            int kept = Math.min(bytes.readableBytes(), MAX_BODY - body.size());
            body.writeBytes(ByteBufUtil.getBytes(bytes, bytes.readerIndex(), kept, false));
            boolean interim = status < 200;
            if (content instanceof LastHttpContent && interim) {
                head = null;
            } else if (content instanceof LastHttpContent || body.size() == MAX_BODY) {
                refused(ctx, response);
            }
        }
    }

    private void refused(ChannelHandlerContext ctx, io.netty.handler.codec.http.HttpResponse response) {
        fail(
                ctx,
                new UpgradeRefusedException(
                        new HttpResponse(response.status().code(), headers(response), body.toByteArray())));
    }

    private static Headers headers(io.netty.handler.codec.http.HttpResponse response) {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, String> field : response.headers()) {
            all.add(field.getKey());
            all.add(field.getValue());
        }
        return Headers.parsed(all);
    }

    private void upgrade(ChannelHandlerContext ctx, Headers response) {
        boolean deflates;
        String subprotocol = response.first("Sec-WebSocket-Protocol");
        try {
            deflates = Deflate.isAgreed(
                    String.join(",", response.all("Sec-WebSocket-Extensions")), client.options.compresses());
        } catch (IllegalArgumentException e) {
            fail(ctx, new IOException(e.getMessage()));
            return;
        }
        if (!response.hasToken("Upgrade", "websocket") || !response.hasToken("Connection", "upgrade")) {
            fail(ctx, new IOException("the server upgraded to another protocol than WebSocket"));
        } else if (!WebSocketUpgrade.accept(key).equals(response.first("Sec-WebSocket-Accept"))) {
            fail(ctx, new IOException("the server's Sec-WebSocket-Accept does not fit the key it was sent"));
        } else if (subprotocol != null && !client.options.subprotocols().contains(subprotocol.strip())) {
            fail(ctx, new IOException("the server chose the sub-protocol " + subprotocol + ", which was not offered"));
        } else {
            end();
            ChannelPipeline pipeline = ctx.pipeline();
            WebSocket.Peer peer = new WebSocket.Peer(
                    SocketAddresses.text(ctx.channel().remoteAddress()), response, null, subprotocol);
            // Before those who are told of the connection send something.
            pipeline.remove(HttpRequestEncoder.class);
            WebSocketHandler.install(pipeline, client.options, false, deflates, events, peer);
            pipeline.remove(this);
            // Last, since it then passes on what it has not read.
            pipeline.remove(HttpResponseDecoder.class);
        }
    }

    private void end() {
        ended = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void fail(ChannelHandlerContext ctx, Throwable cause) {
        if (!ended) {
            end();
            failed.accept(cause);
        }
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(
                ctx,
                new IOException(
                        requested
                                ? "the server closed the connection instead of responding to the upgrade"
                                : "the server closed the connection during the TLS handshake"));
    }
}
