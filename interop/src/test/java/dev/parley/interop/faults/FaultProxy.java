package dev.parley.interop.faults;

import dev.parley.interop.faults.Fault.Way;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Forwards TCP connections to a server on a loopback port, until it is told to behave as a network does that breaks.
 * Faults count the bytes of all its connections together. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    /** Of no protocol: neither UTF-8, XML, nor a frame of ZMTP, WebSocket or AMQP. */
    private static final byte[] GARBAGE = {(byte) 0xff, 0, (byte) 0xfe, 0x01, (byte) 0x80, 0x1b, (byte) 0xc0, 0};

    private static final int PIECES_PER_SECOND = 50;

    private final ServerSocket listening = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<Way, Passed> passed = new EnumMap<>(Way.class);

    private final Object lock = new Object();
    private @Nullable Fault fault; // Guarded by lock.
    private long left; // Guarded by lock.
    private volatile boolean refusing;
    private volatile boolean chopping;
    private volatile Duration delay = Duration.ZERO;
    private volatile int bytesPerSecond;

    /** What has passed one way. Guarded by itself. */
    private static final class Passed {
        final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        boolean recording;
        long count;
    }

    /** A proxy for the server on this loopback port. */
    public FaultProxy(int target) throws IOException {
        this.target = target;
        for (Way way : Way.values()) {
            passed.put(way, new Passed());
        }
        Thread.ofVirtual().name("fault-proxy").start(this::accept);
    }

    /** The loopback port of the proxy. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Sets the next fault, instead of one that has not come; the bytes that have passed do not count. */
    void arm(Fault next) {
        synchronized (lock) {
            fault = next;
            left = next.after();
        }
    }

    /** Takes back the fault; returns whether it had come. */
    boolean disarm() {
        synchronized (lock) {
            boolean came = fault == null;
            fault = null;
            return came;
        }
    }

    /** Sets whether new connections are closed as soon as they are accepted. */
    void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Sets whether bytes are passed one by one. */
    void chop(boolean chop) {
        chopping = chop;
    }

    /** Sets the time by which each piece is delayed. */
    void delay(Duration time) {
        delay = time;
    }

    /** Sets how many bytes a connection passes in a second, each way; 0 for any number. */
    void bandwidth(int bytes) {
        bytesPerSecond = bytes;
    }

    /** Closes all connections, those that are silent too. */
    public void cut() {
        links.forEach(Link::close);
    }

    /** Resets all connections. */
    void reset() {
        links.forEach(Link::reset);
    }

    /** Stops passing anything on the connections there are, for the rest of their lives. */
    void silence() {
        links.forEach(link -> link.silent = true);
    }

    int connections() {
        return links.size();
    }

    /** How many bytes have passed that way. */
    long count(Way way) {
        Passed bytes = passed.get(way);
        synchronized (bytes) {
            return bytes.count;
        }
    }

    /** Keeps what passes from now on. */
    void record(Way way) {
        Passed bytes = passed.get(way);
        synchronized (bytes) {
            bytes.recorded.reset();
            bytes.recording = true;
        }
    }

    /** What has passed since {@link #record}. */
    byte[] recorded(Way way) {
        Passed bytes = passed.get(way);
        synchronized (bytes) {
            return bytes.recorded.toByteArray();
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listening.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                Thread.ofVirtual().name("fault-proxy").start(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Link link;
        try {
            link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
        } catch (IOException noServer) {
            quietly(client::close);
            return;
        }
        links.add(link);
        if (listening.isClosed()) {
            link.close();
        }
        for (Way way : Way.values()) {
            Thread.ofVirtual().name("fault-proxy").start(() -> link.pump(way));
        }
    }

    /** The fault that comes now, of {@code available} bytes to pass; else counts them. */
    private int untilFault(Way way, int available) {
        synchronized (lock) {
            if (fault == null || fault.way() != way) {
                return available;
            }
            int now = (int) Math.min(left, available);
            left -= now;
            return now;
        }
    }

    private @Nullable Fault due(Way way) {
        synchronized (lock) {
            Fault now = fault;
            if (now == null || now.way() != way || left > 0) {
                return null;
            }
            fault = null;
            return now;
        }
    }

    @Override
    public void close() {
        quietly(listening::close);
        cut();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void quietly(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    /** A client's connection and the one to the server for it. Thread-safe. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean silent;
        private final Set<Way> halfClosed = ConcurrentHashMap.newKeySet();
        private int ended; // Guarded by this.

        Link(Socket client, Socket server) throws SocketException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        private Socket from(Way way) {
            return way == Way.TO_SERVER ? client : server;
        }

        private Socket to(Way way) {
            return way == Way.TO_SERVER ? server : client;
        }

        void pump(Way way) {
            byte[] buffer = new byte[16 << 10];
            try {
                InputStream in = from(way).getInputStream();
                for (int read; (read = in.read(buffer)) >= 0; ) {
                    LockSupport.parkNanos(delay.toNanos());
                    pass(way, buffer, read);
                }
                if (!silent) {
                    if (halfClosed.add(way)) {
                        to(way).shutdownOutput();
                    }
                    over();
                }
            } catch (IOException e) {
                if (!silent) {
                    reset();
                }
            }
        }

        private void pass(Way way, byte[] buffer, int length) throws IOException {
            for (int at = 0; at < length && !silent && !halfClosed.contains(way) && links.contains(this); ) {
                int piece = untilFault(way, Math.min(pieceSize(), length - at));
                write(way, buffer, at, piece);
                at += piece;
                Fault now = due(way);
                if (now != null) {
                    happens(now);
                }
            }
        }

        private int pieceSize() {
            int rate = bytesPerSecond;
            return chopping ? 1 : rate == 0 ? Integer.MAX_VALUE : Math.max(1, rate / PIECES_PER_SECOND);
        }

        private void write(Way way, byte[] bytes, int at, int length) throws IOException {
            // Before they pass, as whoever receives them may ask.
            Passed count = passed.get(way);
            synchronized (count) {
                count.count += length;
                if (count.recording) {
                    count.recorded.write(bytes, at, length);
                }
            }
            to(way).getOutputStream().write(bytes, at, length);
            int rate = bytesPerSecond;
            if (rate > 0) {
                LockSupport.parkNanos(1_000_000_000L * length / rate);
            }
        }

        private void happens(Fault now) throws IOException {
            switch (now.kind()) {
                case CLOSE -> close();
                case RESET -> reset();
                case SILENCE -> silent = true;
                case GARBAGE -> to(now.way()).getOutputStream().write(GARBAGE);
                case HALF_CLOSE -> {
                    // What its sender still writes is read and dropped: a reset would end the other way too.
                    halfClosed.add(now.way());
                    to(now.way()).shutdownOutput();
                }
            }
        }

        /** One way has ended; with the other one the connection has. */
        private synchronized void over() {
            if (++ended == 2) {
                close();
            }
        }

        void close() {
            links.remove(this);
            quietly(client::close);
            quietly(server::close);
        }

        void reset() {
            links.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                quietly(() -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                });
            }
        }
    }

    /** A proxy, where nobody may throw. */
    static FaultProxy to(int port) {
        try {
            return new FaultProxy(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
