package dev.parley.net.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Netty's request decoder, which also refuses messages that proxies and servers may frame differently (request
 * smuggling, RFC 9112 §6.3). Used on the connection's event loop only.
 *
 * <p>Lines that end in LF alone are read where they cannot be understood in two ways: in the first head of a connection,
 * if none of its lines has a CR, its body has a plain length, and no line continues another. The connection is closed
 * after the response, so that nothing that follows is ever taken for a request.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    private static final Pattern END_OF_HEAD = Pattern.compile("\n\n");

    /** What only a head with CRLF may have: a transfer coding, two lengths, a continued line. */
    private static final Pattern AMBIGUOUS =
            Pattern.compile("(?is)\r|\n[ \t]|\ntransfer-encoding|\ncontent-length.*\ncontent-length");

    private final int maxHeader;
    private boolean first = true;

    StrictRequestDecoder(int maxHeader) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(maxHeader)
                .setMaxHeaderSize(maxHeader)
                .setMaxChunkSize(64 << 10)
                .setAllowDuplicateContentLengths(false));
        this.maxHeader = maxHeader;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (first) {
            int start = buffer.readerIndex();
            int line = buffer.bytesBefore((byte) '\n');
            if (line < 0 && buffer.readableBytes() <= maxHeader) {
                super.decode(ctx, buffer, out);
                return;
            }
            if (line > 0 && buffer.getByte(start + line - 1) != '\r') {
                int limit = Math.min(buffer.readableBytes(), maxHeader);
                String text = buffer.toString(start, limit, StandardCharsets.ISO_8859_1);
                var end = END_OF_HEAD.matcher(text);
                boolean complete = end.find();
                if (!complete && limit < maxHeader && !AMBIGUOUS.matcher(text).find()) {
                    return;
                }
                String head = complete ? text.substring(0, end.end()) : text;
                if (complete && !AMBIGUOUS.matcher(head).find()) {
                    first = false;
                    buffer.skipBytes(head.length());
                    decodeLines(ctx, head, out);
                    return;
                }
            }
            first = false;
        }
        super.decode(ctx, buffer, out);
    }

    private void decodeLines(ChannelHandlerContext ctx, String head, List<Object> out) throws Exception {
        String lines = head.substring(0, head.length() - 1) + "Connection: close\n\n";
        ByteBuf converted = Unpooled.wrappedBuffer(lines.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        // In several steps, as Netty calls it: each reads on where the one before stopped.
        while (converted.isReadable()) {
            int before = converted.readableBytes();
            super.decode(ctx, converted, out);
            if (converted.readableBytes() == before) {
                break;
            }
        }
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
