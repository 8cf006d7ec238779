package dev.parley.jsonrpc.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into messages ({@code byte[]}), in either {@link Framing}; which one shows the first byte. A message
 * over the limit is skipped, so that the
 * connection lives on. One per connection.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
    private static final int MAX_HEADER = 4096;

    private final int maxMessage;
    private @Nullable Framing framing;
    /** The bytes of the body that a header announced; -1 while a header is due. */
    private int length = -1;
    /** What is still to be skipped of a body too large. */
    private long skip;
    /** Whether the rest of a line too long is being skipped. */
    private boolean skipLine;
    /** How far the line at hand has been searched for its end. */
    private int searched;

    public FrameDecoder(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    /**
     * What cannot be cut into messages.
     *
     * @param fatal whether it is unknown where the next message starts
     */
    public record Problem(String text, boolean fatal) {}

    /** The framing the peer uses; lines as long as it has said nothing. */
    public Framing framing() {
        return framing == null ? Framing.LINES : framing;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (framing == null) {
            skipBlanks(in);
            if (!in.isReadable()) {
                return;
            }
            int first = in.getByte(in.readerIndex());
            framing = first == 'C' || first == 'c' ? Framing.HEADERS : Framing.LINES;
        }
        if (framing == Framing.LINES) {
            line(in, out);
        } else {
            body(ctx, in, out);
        }
    }

    private void line(ByteBuf in, List<Object> out) {
        int end = in.indexOf(in.readerIndex() + searched, in.writerIndex(), (byte) '\n');
        if (end < 0) {
            searched = in.readableBytes();
            if (skipLine || searched > maxMessage) {
                if (!skipLine) {
                    out.add(tooLarge());
                }
                skipLine = true;
                in.skipBytes(searched);
                searched = 0;
            }
            return;
        }
        searched = 0;
        int size = end - in.readerIndex();
        if (skipLine) {
            skipLine = false;
            in.skipBytes(size + 1);
        } else if (size > maxMessage) {
            in.skipBytes(size + 1);
            out.add(tooLarge());
        } else {
            byte[] message = bytes(in, size);
            in.skipBytes(1);
            if (!isBlank(message)) {
                out.add(message);
            }
        }
    }

    private void body(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (skip > 0) {
            int now = (int) Math.min(skip, in.readableBytes());
            in.skipBytes(now);
            skip -= now;
            return;
        }
        if (length < 0) {
            header(ctx, in, out);
            return;
        }
        if (in.readableBytes() >= length) {
            out.add(bytes(in, length));
            length = -1;
        }
    }

    private void header(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        skipBlanks(in);
        int limit = Math.min(in.readableBytes(), MAX_HEADER);
        String text = in.toString(in.readerIndex(), limit, StandardCharsets.US_ASCII);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            if (limit == MAX_HEADER) {
                fail(ctx, in, out, "the header is longer than " + MAX_HEADER + " bytes");
            }
            return;
        }
        in.skipBytes(end + 4);
        long announced = -1;
        for (String field : text.substring(0, end).split("\r\n")) {
            int colon = field.indexOf(':');
            String name = colon < 0 ? "" : field.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = field.substring(colon + 1).strip();
            if (name.equals("content-length") && announced < 0 && value.matches("[0-9]{1,18}")) {
                announced = Long.parseLong(value);
            } else if (!name.equals("content-type") || !isUtf8(value)) {
                fail(
                        ctx,
                        in,
                        out,
                        "header \"" + printable(field)
                                + "\"; it must be one Content-Length, and Content-Type with charset utf-8 if any");
                return;
            }
        }
        if (announced < 0) {
            fail(ctx, in, out, "the header has no Content-Length");
        } else if (announced > maxMessage) {
            skip = announced;
            out.add(tooLarge());
        } else if (announced == 0) {
            out.add(new byte[0]);
        } else {
            length = (int) announced;
        }
    }

    private void fail(ChannelHandlerContext ctx, ByteBuf in, List<Object> out, String text) {
        in.skipBytes(in.readableBytes());
        ctx.channel().config().setAutoRead(false);
        out.add(new Problem(text, true));
    }

    private Problem tooLarge() {
        return new Problem("the message is larger than the " + maxMessage + " bytes allowed", false);
    }

    private static boolean isUtf8(String contentType) {
        String lower = contentType.toLowerCase(Locale.ROOT);
        int charset = lower.indexOf("charset=");
        // "utf8" is what early language servers wrote; the specification asks to take it.
        return charset < 0
                || lower.substring(charset + 8).replace("\"", "").strip().matches("utf-?8([;\\s].*)?");
    }

    private static void skipBlanks(ByteBuf in) {
        while (in.isReadable() && in.getByte(in.readerIndex()) <= ' ' && in.getByte(in.readerIndex()) > 0) {
            in.skipBytes(1);
        }
    }

    private static boolean isBlank(byte[] message) {
        for (byte b : message) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(ByteBuf in, int size) {
        byte[] bytes = new byte[size];
        in.readBytes(bytes);
        return bytes;
    }

    private static String printable(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return shown.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}
