package dev.parley.broker;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** RabbitMQ's management API, what tools read of it, and the deletion of queues and exchanges; HTTP basic authentication. */
final class ManagementServer extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int MAX_BODY = 64 * 1024;
    private static final JsonMapper JSON = new JsonMapper();

    private final BrokerCore core;
    private final ManagementApi api;

    private ManagementServer(BrokerCore core, ManagementApi api) {
        this.core = core;
        this.api = api;
    }

    static Channel listen(EmbeddedBroker broker, BrokerCore core, String host, int port) {
        ManagementApi api = new ManagementApi(broker);
        return Listener.bind(host, port, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new HttpServerCodec(),
                                new HttpObjectAggregator(MAX_BODY),
                                new ManagementServer(core, api));
            }
        });
    }

    /** What is answered; without a body for null. */
    record Answer(HttpResponseStatus status, @Nullable Object body) {
        static Answer ok(Object body) {
            return new Answer(HttpResponseStatus.OK, body);
        }

        static Answer error(HttpResponseStatus status, String error, String reason) {
            return new Answer(status, Map.of("error", error, "reason", reason));
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        Answer answer = answer(request);
        Object body = answer.body();
        byte[] octets = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), Unpooled.wrappedBuffer(octets));
        if (body != null) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        }
        if (answer.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"RabbitMQ Management\"");
        }
        HttpUtil.setContentLength(response, octets.length);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(done -> ctx.close());
        }
    }

    private Answer answer(FullHttpRequest request) {
        User user = user(request.headers().get(HttpHeaderNames.AUTHORIZATION));
        if (user == null) {
            return Answer.error(HttpResponseStatus.UNAUTHORIZED, "not_authorised", "Login failed");
        }
        try {
            String path = request.uri().split("\\?", 2)[0];
            List<String> parts = Arrays.stream(path.split("/"))
                    .skip(1)
                    .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                    .toList();
            if (parts.size() < 2 || !parts.get(0).equals("api")) {
                return ManagementApi.notFound();
            }
            return api.answer(request.method().name(), parts.subList(1, parts.size()), user);
        } catch (IllegalArgumentException e) {
            return Answer.error(HttpResponseStatus.BAD_REQUEST, "bad_request", String.valueOf(e.getMessage()));
        }
    }

    private @Nullable User user(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8)
                    .split(":", 2);
            User user = core.user(parts[0]);
            return parts.length == 2 && user != null && user.hasPassword(parts[1]) ? user : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
