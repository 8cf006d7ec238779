package dev.parley.zmtp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A ZeroMQ peer made of a plain socket and literal bytes. Not thread-safe. */
public final class RawPeer implements AutoCloseable {
    /** libzmq 4.3.4's greeting. */
    public static final byte[] GREETING = hex("ff 00 00 00 00 00 00 00 01 7f 03 01 4e 55 4c 4c" + " 00".repeat(48));

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    public static RawPeer connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawPeer(socket);
    }

    public static RawPeer accept(ServerSocket server) throws IOException {
        return new RawPeer(server.accept());
    }

    public static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    /** libzmq's READY command of a socket that has an identity. */
    public static byte[] ready(String type) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        return hex(HexFormat.of().formatHex(new byte[] {4, (byte) (35 + name.length)})
                + "05 5245414459 0b 536f636b65742d54797065"
                + HexFormat.of().toHexDigits(name.length)
                + HexFormat.of().formatHex(name)
                + "08 4964656e74697479 00000000");
    }

    public RawPeer write(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    public RawPeer writeHex(String text) throws IOException {
        return write(hex(text));
    }

    /** Sends the greeting and READY, and reads those of the other side. */
    public RawPeer handshake(String type) throws IOException {
        write(GREETING).write(ready(type));
        read(64);
        readFrame();
        return this;
    }

    public byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    /** Flags and body of the next frame. */
    public Frame readFrame() throws IOException {
        int flags = in.readUnsignedByte();
        long length = (flags & 2) == 0 ? in.readUnsignedByte() : in.readLong();
        return new Frame(flags, read((int) length));
    }

    /** The frames of the next message. */
    public List<byte[]> readMessage() throws IOException {
        List<byte[]> frames = new ArrayList<>();
        while (true) {
            Frame frame = readFrame();
            frames.add(frame.body());
            if ((frame.flags() & 1) == 0) {
                return frames;
            }
        }
    }

    /** Sends a message as frames. */
    public RawPeer send(byte[]... frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < frames.length; i++) {
            int more = i < frames.length - 1 ? 1 : 0;
            if (frames[i].length < 256) {
                bytes.write(more);
                bytes.write(frames[i].length);
            } else {
                bytes.write(more | 2);
                bytes.write(ByteBuffer.allocate(8).putLong(frames[i].length).array());
            }
            bytes.write(frames[i]);
        }
        return write(bytes.toByteArray());
    }

    /** Whether the other side closes the connection, after whatever it still sends. */
    public boolean isClosedByPeer() {
        try {
            while (in.read() >= 0) {
                // Skip what was sent before.
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Closes this side for writing. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A frame as received. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Frame(int flags, byte[] body) {}
}
