package dev.parley.broker.conformance;

import dev.parley.broker.amqp.FieldTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An AMQP client that sends arbitrary octets. Not thread-safe. */
public final class RawClient implements AutoCloseable {
    /** The first octets of an AMQP 0-9-1 client. */
    public static byte[] protocolHeader() {
        return new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    }

    private final Socket socket;
    private final DataInputStream in;

    /** A frame that was received. */
    public record Frame(int type, int channel, ByteBuf payload) {
        /** Class id and method id, such as "10.10". */
        public String method() {
            return payload.getUnsignedShort(0) + "." + payload.getUnsignedShort(2);
        }
    }

    public RawClient(String host, int port) throws IOException {
        socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
    }

    public void send(byte... octets) throws IOException {
        socket.getOutputStream().write(octets);
        socket.getOutputStream().flush();
    }

    /** The next octets, whatever they are; throws EOFException if the broker closed the connection before. */
    public byte[] receive(int octets) throws IOException {
        byte[] received = new byte[octets];
        in.readFully(received);
        return received;
    }

    /** The next frame; throws EOFException if the broker closed the connection. */
    public Frame receive() throws IOException {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        if (in.readUnsignedByte() != 0xce) {
            throw new IOException("missing frame end");
        }
        return new Frame(type, channel, Unpooled.wrappedBuffer(payload));
    }

    /** The next octets, which need not be a frame. */
    public byte[] octets(int count) throws IOException {
        byte[] octets = new byte[count];
        in.readFully(octets);
        return octets;
    }

    /** Receives a frame that must have this method. */
    public Frame expect(String method) throws IOException {
        Frame frame = receive();
        if (frame.type() != 1 || !frame.method().equals(method)) {
            throw new IOException("expected method " + method + ", got " + frame.type() + " " + frame.method());
        }
        return frame;
    }

    public static byte[] frame(int type, int channel, ByteBuf payload) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(type)
                .writeShort(channel)
                .writeInt(payload.readableBytes())
                .writeBytes(payload)
                .writeByte(0xce);
        return ByteBufUtil.getBytes(out);
    }

    /** start-ok with PLAIN. */
    public static byte[] startOk(String user, String password) {
        ByteBuf out = Unpooled.buffer().writeShort(10).writeShort(11);
        FieldTable.write(out, Map.of("capabilities", Map.of("authentication_failure_close", true)));
        FieldTable.writeShortString(out, "PLAIN");
        FieldTable.writeLongString(out, "\0" + user + "\0" + password);
        FieldTable.writeShortString(out, "en_US");
        return frame(1, 0, out);
    }

    public static byte[] tuneOk(int heartbeat) {
        return tuneOk(heartbeat, 131_072);
    }

    public static byte[] tuneOk(int heartbeat, int frameMax) {
        return frame(
                1,
                0,
                Unpooled.buffer()
                        .writeShort(10)
                        .writeShort(31)
                        .writeShort(2047)
                        .writeInt(frameMax)
                        .writeShort(heartbeat));
    }

    public static byte[] open() {
        ByteBuf out = Unpooled.buffer().writeShort(10).writeShort(40);
        FieldTable.writeShortString(out, "/");
        return frame(1, 0, out.writeShort(0));
    }

    public static byte[] openChannel(int channel) {
        return frame(1, channel, Unpooled.buffer().writeShort(20).writeShort(10).writeByte(0));
    }

    /** Completes the handshake. */
    public RawClient login(int heartbeat) throws IOException {
        send(protocolHeader());
        expect("10.10");
        send(startOk("guest", "guest"));
        expect("10.30");
        send(tuneOk(heartbeat));
        send(open());
        expect("10.41");
        return this;
    }

    /** Reads everything until the broker closes the connection. */
    public void drain() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** Closes the output side of the socket. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The reply code and text of a close method. */
    public static String closeText(Frame close) {
        ByteBuf payload = close.payload().duplicate().skipBytes(4);
        int code = payload.readUnsignedShort();
        return code + " " + payload.readCharSequence(payload.readUnsignedByte(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
