package dev.parley.net.http.server;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's request decoder, which also refuses messages that proxies and servers may frame differently (request
 * smuggling, RFC 9112 §6.3). Used on the connection's event loop only.
 */
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

    /** Whether a part of a request head has been received, but not its end. */
    boolean holdsPartOfHead() {
        return actualReadableBytes() > 0;
    }
}
