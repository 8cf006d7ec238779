package dev.parley.jsonrpc.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** How messages follow each other on a stream. */
public enum Framing {
    /** JSON texts, each followed by a line feed; read wherever they end, with anything blank between them. */
    LINES,
    /** The base protocol of the Language Server Protocol: {@code Content-Length: n}, a blank line, n bytes. */
    HEADERS;

    private static final byte[] LINE_FEED = {'\n'};

    public ByteBuf frame(byte[] message) {
        return switch (this) {
            case LINES -> Unpooled.wrappedBuffer(message, LINE_FEED);
            case HEADERS ->
                Unpooled.wrappedBuffer(
                        ("Content-Length: " + message.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII),
                        message);
        };
    }
}
