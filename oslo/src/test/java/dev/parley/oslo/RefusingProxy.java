package dev.parley.oslo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a broker and refuses methods of AMQP in its place, with RabbitMQ's codes and texts: it closes the
 * channel or the connection and forwards the method to nobody. Thread-safe.
 */
final class RefusingProxy implements AutoCloseable {
    /** A method of AMQP, by the numbers of its class and its own. */
    record Method(int classId, int methodId) {
        static final Method CONNECTION_OPEN = new Method(10, 40);
        static final Method EXCHANGE_DECLARE = new Method(40, 10);
        static final Method QUEUE_DECLARE = new Method(50, 10);
        static final Method QUEUE_BIND = new Method(50, 20);
        static final Method CONSUME = new Method(60, 20);
    }

    /** The first lines of what RabbitMQ 4.3 says, which end so. */
    static final String TRANSIENT_QUEUES = """
            INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.
            By default, this feature is not permitted anymore.
            The feature will be removed...""";

    private record Rule(
            Method method, Predicate<ByteBuffer> arguments, boolean closesConnection, int code, String text) {}

    private static final Method CONNECTION_START = new Method(10, 10);
    private static final Method CONNECTION_CLOSE = new Method(10, 50);
    private static final Method CONNECTION_CLOSE_OK = new Method(10, 51);
    private static final Method CHANNEL_CLOSE = new Method(20, 40);
    private static final Method CHANNEL_CLOSE_OK = new Method(20, 41);
    private static final int METHOD_FRAME = 1;
    private static final int FRAME_END = 0xCE;

    private final int brokerPort;
    private final ServerSocket listener;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile @Nullable String version;

    /** A proxy for the broker on a loopback port, which refuses nothing yet. */
    RefusingProxy(int brokerPort) {
        this.brokerPort = brokerPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** The transport URL of the proxy. */
    String address() {
        return "rabbit://guest:guest@127.0.0.1:" + listener.getLocalPort() + "/";
    }

    /** How many connections were accepted so far. */
    int connections() {
        return connections.get();
    }

    /** How many methods were refused so far. */
    int refusals() {
        return refusals.get();
    }

    /** Says from now on that the broker has this version. */
    RefusingProxy version(String reported) {
        version = reported;
        return this;
    }

    /** Refuses every such method from now on, and closes the channel. */
    RefusingProxy closeChannel(Method method, int code, String text) {
        rules.add(new Rule(method, arguments -> true, false, code, text));
        return this;
    }

    /** Refuses every such method from now on, and closes the connection. */
    RefusingProxy closeConnection(Method method, int code, String text) {
        rules.add(new Rule(method, arguments -> true, true, code, text));
        return this;
    }

    /** Denies queues that are neither durable nor exclusive, as RabbitMQ 4.3 does. */
    RefusingProxy denyTransientQueues() {
        rules.add(new Rule(Method.QUEUE_DECLARE, RefusingProxy::isTransient, true, 541, TRANSIENT_QUEUES));
        return this;
    }

    /** Refuses nothing any more. */
    void permitAll() {
        rules.clear();
    }

    /** Breaks the connections that are open now. */
    void cut() {
        links.forEach(Link::close);
    }

    private static boolean isTransient(ByteBuffer arguments) {
        arguments.getShort();
        arguments.position(arguments.position() + 1 + (arguments.get(arguments.position()) & 0xFF));
        int bits = arguments.get();
        boolean passive = (bits & 1) != 0;
        boolean durable = (bits & 2) != 0;
        boolean exclusive = (bits & 4) != 0;
        return !passive && !durable && !exclusive;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Link link = new Link(listener.accept(), new Socket(InetAddress.getLoopbackAddress(), brokerPort));
                connections.incrementAndGet();
                links.add(link);
                link.start();
            } catch (IOException e) {
                return; // The proxy was closed, or the broker is gone.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    /** One frame. */
    private static final class Frame {
        private final int type;
        private final int channel;
        private final byte[] payload;

        Frame(int type, int channel, byte[] payload) {
            this.type = type;
            this.channel = channel;
            this.payload = payload;
        }

        static Frame read(DataInputStream in) throws IOException {
            int type = in.readUnsignedByte();
            int channel = in.readUnsignedShort();
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            in.readUnsignedByte();
            return new Frame(type, channel, payload);
        }

        static Frame close(Method method, int channel, int code, String text, Method refused) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeShort(method.classId);
            out.writeShort(method.methodId);
            out.writeShort(code);
            byte[] words = text.getBytes(StandardCharsets.UTF_8);
            out.writeByte(words.length);
            out.write(words);
            out.writeShort(refused.classId);
            out.writeShort(refused.methodId);
            return new Frame(METHOD_FRAME, channel, bytes.toByteArray());
        }

        @Nullable
        Method method() {
            ByteBuffer buffer = ByteBuffer.wrap(payload);
            return type == METHOD_FRAME ? new Method(buffer.getShort(), buffer.getShort()) : null;
        }

        ByteBuffer arguments() {
            return ByteBuffer.wrap(payload, 4, payload.length - 4);
        }

        void write(DataOutputStream out) throws IOException {
            synchronized (out) {
                out.writeByte(type);
                out.writeShort(channel);
                out.writeInt(payload.length);
                out.write(payload);
                out.writeByte(FRAME_END);
                out.flush();
            }
        }
    }

    /** One connection of a client, and the one to the broker that belongs to it. */
    private final class Link {
        private final Socket client;
        private final Socket broker;
        private final Set<Integer> refusedChannels = ConcurrentHashMap.newKeySet();

        Link(Socket client, Socket broker) {
            this.client = client;
            this.broker = broker;
        }

        void start() throws IOException {
            DataInputStream fromClient = in(client);
            DataOutputStream toClient = out(client);
            DataInputStream fromBroker = in(broker);
            DataOutputStream toBroker = out(broker);
            byte[] protocolHeader = new byte[8];
            fromClient.readFully(protocolHeader);
            toBroker.write(protocolHeader);
            toBroker.flush();
            Thread.ofVirtual().start(() -> pump(() -> request(Frame.read(fromClient), toBroker, toClient)));
            Thread.ofVirtual().start(() -> pump(() -> response(Frame.read(fromBroker), toClient)));
        }

        private static DataInputStream in(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            return new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }

        private static DataOutputStream out(Socket socket) throws IOException {
            return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        }

        private interface Step {
            void run() throws IOException;
        }

        private void pump(Step step) {
            try {
                while (true) {
                    step.run();
                }
            } catch (IOException e) {
                if (!broker.isClosed() || client.isClosed()) {
                    close();
                }
            }
        }

        private void request(Frame frame, DataOutputStream toBroker, DataOutputStream toClient) throws IOException {
            Method method = frame.method();
            if (broker.isClosed()) {
                if (CONNECTION_CLOSE_OK.equals(method)) {
                    close();
                }
                return;
            }
            if (CHANNEL_CLOSE_OK.equals(method) && refusedChannels.contains(frame.channel)) {
                // The broker has the channel still open.
                Frame.close(CHANNEL_CLOSE, frame.channel, 200, "", new Method(0, 0))
                        .write(toBroker);
                return;
            }
            for (Rule rule : rules) {
                if (rule.method.equals(method) && rule.arguments.test(frame.arguments())) {
                    refusals.incrementAndGet();
                    refuse(rule, frame, toClient);
                    return;
                }
            }
            frame.write(toBroker);
        }

        private void refuse(Rule rule, Frame frame, DataOutputStream toClient) throws IOException {
            if (rule.closesConnection) {
                broker.close();
                Frame.close(CONNECTION_CLOSE, 0, rule.code, rule.text, rule.method)
                        .write(toClient);
            } else {
                refusedChannels.add(frame.channel);
                Frame.close(CHANNEL_CLOSE, frame.channel, rule.code, rule.text, rule.method)
                        .write(toClient);
            }
        }

        private void response(Frame frame, DataOutputStream toClient) throws IOException {
            Method method = frame.method();
            String reported = version;
            if (CHANNEL_CLOSE_OK.equals(method) && refusedChannels.remove(frame.channel)) {
                return;
            }
            (CONNECTION_START.equals(method) && reported != null ? withVersion(frame, reported) : frame)
                    .write(toClient);
        }

        /** The frame with another version in the table of the broker's properties. */
        private Frame withVersion(Frame frame, String reported) {
            int tableLength = 6; // After the numbers of the method and of the protocol's version.
            String text = new String(frame.payload, StandardCharsets.ISO_8859_1);
            int value = text.indexOf("\u0007versionS") + 9;
            int length = ByteBuffer.wrap(frame.payload).getInt(value);
            byte[] fresh = reported.getBytes(StandardCharsets.US_ASCII);
            ByteBuffer changed = ByteBuffer.allocate(frame.payload.length - length + fresh.length);
            changed.put(frame.payload, 0, value).putInt(fresh.length).put(fresh);
            int after = value + 4 + length;
            changed.put(frame.payload, after, frame.payload.length - after);
            changed.putInt(tableLength, changed.getInt(tableLength) - length + fresh.length);
            return new Frame(frame.type, frame.channel, changed.array());
        }

        void close() {
            links.remove(this);
            try {
                client.close();
                broker.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
