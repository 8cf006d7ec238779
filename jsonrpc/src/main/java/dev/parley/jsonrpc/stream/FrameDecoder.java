package dev.parley.jsonrpc.stream;

import dev.parley.jsonrpc.message.Ids;
import dev.parley.jsonrpc.session.Problem;
import dev.parley.jsonrpc.session.Session;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.MessageDecoder;
import dev.parley.net.socket.MessageTimeouts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into messages ({@code byte[]}, or {@link Problem} for what cannot be cut), in either {@link Framing}.
 * Without headers a message ends where its JSON text does, whatever follows it. A message over the limit is skipped, so
 * that the connection lives on. At the end of input the rest is a message too; a client drops one that is cut off.
 * Confined to the connection's event loop.
 */
public final class FrameDecoder extends MessageDecoder {
    /** The first byte of a TLS connection: a record of the type handshake. */
    private static final byte TLS_HANDSHAKE = 0x16;

    private static final Pattern HTTP =
            Pattern.compile("[A-Z]{3,10} \\S+ HTTP/[0-9.]+\\r?|HTTP/[0-9.]+ [0-9]{3}.*", Pattern.DOTALL);
    private static final Pattern HTTP_METHOD = Pattern.compile("[A-Z]{3,10} ");
    private static final int METHOD_BYTES = 11;
    /** How much of a message that is refused is searched for its id. */
    private static final int BEGINNING_BYTES = 4096;

    private static final int BOM = 0xefbbbf;

    private final int maxMessage;
    private final HeaderReader headers;
    private final ValueScanner scanner;
    private @Nullable Framing framing;
    /** The bytes of the body that a header announced; -1 while a header is due. */
    private int length = -1;
    /** What is still to be skipped of a body too large. */
    private long skip;
    /** Whether the rest of a text too large is being skipped. */
    private boolean skipText;
    /** How far the text at hand has been scanned. */
    private int scanned;
    /** Whether anyone may be on the other side, such as a browser. */
    private final boolean open;
    /** Whether what is cut off at the end of input is dropped: the calls are told that their connection is lost. */
    private final boolean client;
    /** Whether nothing but separators has come so far. */
    private boolean first = true;

    /** Whether a problem was fatal, so that nothing is read any more. */
    private boolean ended;

    private @Nullable Session session;

    private FrameDecoder(
            int maxMessage,
            @Nullable Framing framing,
            boolean tolerant,
            boolean open,
            @Nullable ConnectionMemory memory,
            MessageTimeouts timeouts) {
        super(memory, timeouts);
        this.maxMessage = maxMessage;
        this.framing = framing;
        this.open = open;
        this.client = tolerant;
        this.headers = new HeaderReader(tolerant);
        this.scanner = new ValueScanner(maxMessage);
    }

    /**
     * The decoder of a server on a socket: the first byte tells the framing of its client, and headers are read
     * strictly. A client that begins with anything else speaks another protocol.
     */
    public static FrameDecoder ofServer(int maxMessage, ConnectionMemory memory, MessageTimeouts timeouts) {
        return new FrameDecoder(maxMessage, null, false, true, memory, timeouts);
    }

    /** The decoder of a server that is a child process, whose parent is trusted not to speak another protocol. */
    public static FrameDecoder ofChild(int maxMessage, ConnectionMemory memory) {
        return new FrameDecoder(maxMessage, null, false, false, memory, MessageTimeouts.NONE);
    }

    /**
     * The decoder of a client.
     *
     * @param framing what the client sends; with headers it expects headers, else the first byte tells what its server
     *     uses
     */
    public static FrameDecoder ofClient(int maxMessage, Framing framing, ConnectionMemory memory) {
        return new FrameDecoder(
                maxMessage, framing == Framing.HEADERS ? framing : null, true, false, memory, MessageTimeouts.NONE);
    }

    /** Sets whose messages these are, so that their time is extended while they have to wait. */
    public void session(Session opened) {
        session = opened;
    }

    @Override
    protected boolean isWithinMessage() {
        return skip > 0 || skipText;
    }

    @Override
    protected boolean isHeldUp() {
        return session != null && session.isHeldUp();
    }

    @Override
    protected boolean isInUse() {
        return session != null && session.isInUse();
    }

    @Override
    protected void timedOut(ChannelHandlerContext ctx, String problem) {
        if (session != null) {
            session.abort(problem);
        } else {
            ctx.close();
        }
    }

    /** The rest of the message is skipped if its sender can be told; else the connection ends. */
    @Override
    protected void overBudget(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        byte[] beginning = new byte[Math.min(in.readableBytes(), BEGINNING_BYTES)];
        in.getBytes(in.readerIndex(), beginning);
        String id = Ids.ofRequest(beginning);
        if (id == null && open) {
            in.skipBytes(in.readableBytes());
            ended = true;
        } else if (framing == Framing.HEADERS) {
            skip = Math.max(0, length - in.readableBytes());
            length = -1;
            in.skipBytes(in.readableBytes());
        } else {
            skipText = true;
            scanned = 0;
            in.skipBytes(in.readableBytes());
        }
        out.add(Problem.overloaded(id == null && open, id));
    }

    /** The framing the peer uses; lines as long as it has said nothing. */
    public Framing framing() {
        return framing == null ? Framing.LINES : framing;
    }

    @Override
    protected void decodeMessage(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (ended) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (framing == null) {
            if (!skipSeparators(in)) {
                return;
            }
            int start = in.getByte(in.readerIndex());
            framing = start == 'C' || start == 'c' ? Framing.HEADERS : Framing.LINES;
        }
        if (framing == Framing.LINES) {
            text(ctx, in, out);
        } else {
            body(ctx, in, out);
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (ended) {
            in.skipBytes(in.readableBytes());
        } else if (framing == Framing.HEADERS) {
            if (length > 0 || skip > 0 || in.isReadable()) {
                in.skipBytes(in.readableBytes());
                length = -1;
                skip = 0;
                if (client) {
                    return;
                }
                out.add(new Problem(FaultCodes.INVALID_REQUEST, "the connection ended within a message", true));
            }
        } else if (in.isReadable() && first && open && !skipText && !opens(in)) {
            fail(ctx, in, out, FaultCodes.PARSE_ERROR, String.valueOf(otherProtocol(in, true)));
        } else if (in.isReadable() && !skipText) {
            completed();
            boolean cut = client && opens(in);
            byte[] rest = bytes(in, in.readableBytes());
            scanner.reset();
            scanned = 0;
            if (!cut) {
                out.add(rest);
            }
        }
    }

    private void text(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!scanner.started() && !skipText && !skipSeparators(in)) {
            return;
        }
        if (first && !skipText && isUtf16(in)) {
            fail(ctx, in, out, FaultCodes.PARSE_ERROR, "JSON is exchanged as UTF-8 (RFC 8259), these bytes are not");
            return;
        }
        if (first && open && !skipText && !opens(in)) {
            String problem = otherProtocol(in, false);
            if (problem != null) {
                fail(ctx, in, out, FaultCodes.PARSE_ERROR, problem);
            }
            return;
        }
        int start = in.readerIndex();
        int end = in.forEachByte(start + scanned, in.readableBytes() - scanned, scanner);
        if (end < 0) {
            scanned = in.readableBytes();
            if (skipText || scanned > maxMessage) {
                if (!skipText) {
                    out.add(tooLarge());
                }
                skipText = true;
                in.skipBytes(scanned);
                scanned = 0;
            }
            return;
        }
        int size = end - start + (scanner.includesLast() ? 1 : 0);
        completed();
        boolean line = scanner.isLine();
        scanner.reset();
        scanned = 0;
        if (skipText || size > maxMessage) {
            if (!skipText) {
                out.add(tooLarge());
            }
            skipText = false;
            in.skipBytes(size);
        } else {
            byte[] message = bytes(in, size);
            if (first && line && isHttp(message)) {
                fail(
                        ctx,
                        in,
                        out,
                        FaultCodes.PARSE_ERROR,
                        "this is HTTP, which has an address of its own, jsonrpc+http");
            } else {
                out.add(message);
            }
        }
        first = false;
    }

    private void body(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (skip > 0) {
            int now = (int) Math.min(skip, in.readableBytes());
            in.skipBytes(now);
            skip -= now;
            if (skip == 0) {
                completed();
            }
            return;
        }
        if (length < 0) {
            header(ctx, in, out);
            return;
        }
        if (in.readableBytes() >= length) {
            completed();
            out.add(bytes(in, length));
            length = -1;
        }
    }

    private void header(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!headers.isSkipping() && !skipSeparators(in)) {
            return;
        }
        try {
            long announced = headers.read(in);
            if (announced > maxMessage) {
                skip = announced;
                out.add(tooLarge());
            } else if (announced == 0) {
                completed();
                out.add(new byte[0]);
            } else {
                length = (int) announced;
            }
        } catch (HeaderReader.HeaderException e) {
            fail(ctx, in, out, FaultCodes.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private void fail(ChannelHandlerContext ctx, ByteBuf in, List<Object> out, int code, String text) {
        in.skipBytes(in.readableBytes());
        ctx.channel().config().setAutoRead(false);
        ended = true;
        out.add(new Problem(code, text, true));
    }

    private Problem tooLarge() {
        return new Problem(
                FaultCodes.INVALID_REQUEST, "the message is larger than the " + maxMessage + " bytes allowed", false);
    }

    /** Removes what may stand between messages; returns whether something else follows. */
    private static boolean skipSeparators(ByteBuf in) {
        while (in.isReadable()) {
            if (ValueScanner.isSeparator(in.getByte(in.readerIndex()))) {
                in.skipBytes(1);
            } else if (in.readableBytes() >= 3 && in.getUnsignedMedium(in.readerIndex()) == BOM) {
                in.skipBytes(3);
            } else {
                // The beginning of a byte order mark waits for its end.
                return in.getUnsignedByte(in.readerIndex()) != BOM >> 16 || in.readableBytes() >= 3;
            }
        }
        return false;
    }

    private static boolean isUtf16(ByteBuf in) {
        int start = in.getUnsignedByte(in.readerIndex());
        boolean opens = start == '{' || start == '[';
        return start >= 0xfe || (opens && in.readableBytes() > 1 && in.getByte(in.readerIndex() + 1) == 0);
    }

    private static boolean opens(ByteBuf in) {
        byte start = in.getByte(in.readerIndex());
        return start == '{' || start == '[';
    }

    /**
     * What to say to a client that begins with neither a message nor a header. It speaks another protocol: HTTP from a
     * web page, say, whose body holds a call that must not run. {@code null} if the next bytes tell which.
     *
     * @param ended whether there are none
     */
    private static @Nullable String otherProtocol(ByteBuf in, boolean ended) {
        byte[] begin = new byte[Math.min(in.readableBytes(), METHOD_BYTES)];
        in.getBytes(in.readerIndex(), begin);
        if (begin.length > 0 && begin[0] == TLS_HANDSHAKE) {
            return "this is TLS, which has an address of its own, " + StreamAddress.TLS;
        }
        String text = new String(begin, StandardCharsets.ISO_8859_1);
        if (HTTP_METHOD.matcher(text).lookingAt()) {
            return "this is HTTP, which has an address of its own, jsonrpc+http";
        }
        boolean undecided =
                !ended && text.length() < METHOD_BYTES && text.chars().allMatch(c -> c >= 'A' && c <= 'Z');
        return undecided ? null : "a connection begins with an object, an array or Content-Length";
    }

    private static boolean isHttp(byte[] line) {
        return line.length < HeaderReader.MAX
                && HTTP.matcher(new String(line, StandardCharsets.ISO_8859_1)).matches();
    }

    private static byte[] bytes(ByteBuf in, int size) {
        byte[] bytes = new byte[size];
        in.readBytes(bytes);
        return bytes;
    }
}
