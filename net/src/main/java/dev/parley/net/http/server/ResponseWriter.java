package dev.parley.net.http.server;

import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Writes the responses of one connection.
 *
 * <p>While corked, responses are collected and flushed together: pipelined requests then share system calls. Used on
 * the connection's event loop only, save {@link #compress}.
 */
final class ResponseWriter {
    /** Bodies up to this size are sent uncompressed: they fit into one packet, and Python's XML-RPC server does so. */
    private static final int GZIP_THRESHOLD = 1400;

    private final Channel channel;
    private boolean corked;
    private boolean unflushed;

    ResponseWriter(Channel channel) {
        this.channel = channel;
    }

    /** The response in gzip if it is large enough and the peer accepts gzip, else the response itself. */
    static HttpResponse compress(HttpResponse response, HttpExchange exchange) {
        if (response.body().length <= GZIP_THRESHOLD
                || !exchange.accepts("gzip")
                || response.headers().contains("Content-Encoding")) {
            return response;
        }
        return new HttpResponse(
                response.status(),
                response.headers().with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding"),
                ContentCoding.gzip(response.body()));
    }

    void cork() {
        corked = true;
    }

    void uncork() {
        corked = false;
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Writes the interim response to {@code Expect: 100-continue}. */
    void writeContinue() {
        channel.writeAndFlush(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }

    /**
     * Writes a response.
     *
     * @param request the request it belongs to; null if its head could not be read
     * @param last whether no further response follows on the connection; such a response is flushed at once
     */
    ChannelFuture write(HttpResponse response, @Nullable IncomingRequest request, boolean last) {
        DefaultFullHttpResponse message = message(response, request, last);
        if (last || !corked) {
            unflushed = false;
            return channel.writeAndFlush(message);
        }
        unflushed = true;
        return channel.write(message);
    }

    private static DefaultFullHttpResponse message(
            HttpResponse response, @Nullable IncomingRequest request, boolean last) {
        boolean bodiless = response.status() == 101 || response.status() == 204 || response.status() == 304;
        boolean headOnly = bodiless || (request != null && request.isHead());
        ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body());
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        response.headers().forEach(headers::add);
        headers.set("Date", HttpDate.now());
        if (!bodiless) {
            headers.set("Content-Length", response.body().length);
        }
        if (last) {
            headers.set("Connection", "close");
        } else if (request != null && request.isHttp10()) {
            headers.set("Connection", "keep-alive");
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                content,
                headers,
                EmptyHttpHeaders.INSTANCE);
    }
}
