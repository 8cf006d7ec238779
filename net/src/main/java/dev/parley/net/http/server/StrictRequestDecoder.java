package dev.parley.net.http.server;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's request decoder, refusing what proxies and servers may read differently (request smuggling, RFC 9112 §6.3). */
final class StrictRequestDecoder extends HttpRequestDecoder {
    StrictRequestDecoder(int maxHeader) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(maxHeader)
                .setMaxHeaderSize(maxHeader)
                .setMaxChunkSize(64 << 10)
                .setAllowDuplicateContentLengths(false));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }

    /** Whether the beginning of a request has arrived, but not the end of its head. */
    boolean holdsPartOfHead() {
        return actualReadableBytes() > 0;
    }
}
