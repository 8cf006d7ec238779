package dev.parley.bench;

import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * One end of an echo of messages of {@value #SIZE} bytes over one connection, in a JVM of its own.
 *
 * <pre>
 * serve KIND                 prints "ready PORT"; for each line read prints "usage CPU_NANOS"
 * send KIND PORT IN_FLIGHT   prints "ready"; for each line MILLIS read prints "round MESSAGES NANOS CPU_NANOS"
 * </pre>
 *
 * <p>{@code bench/peers/zmq_echo.c} speaks the same for libzmq.
 */
final class EchoChild {
    private static final int SIZE = 60;
    private static final String HOST = "127.0.0.1";

    private EchoChild() {}

    /** What carries the messages. */
    enum Kind {
        /** Bytes on Netty without any framing: the floor. */
        NETTY,
        /** Parley's ROUTER and DEALER. */
        PARLEY,
        /** JeroMQ's. */
        JEROMQ
    }

    /** Runs one end; see the class. */
    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Kind kind = Kind.valueOf(args[1]);
        if (args[0].equals("serve")) {
            System.out.println("ready " + serve(kind));
            while (commands.readLine() != null) {
                System.out.println("usage " + Load.processorNanos());
            }
        } else {
            Sender sender = connect(kind, Integer.parseInt(args[2]));
            int inFlight = Integer.parseInt(args[3]);
            System.out.println("ready");
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                long cpu = Load.processorNanos();
                long start = System.nanoTime();
                long messages = sender.round(inFlight, start + Long.parseLong(line) * 1_000_000);
                System.out.println(
                        "round " + messages + " " + (System.nanoTime() - start) + " " + (Load.processorNanos() - cpu));
            }
        }
        System.exit(0);
    }

    private static int serve(Kind kind) throws Exception {
        return switch (kind) {
            case NETTY -> serveNetty();
            case PARLEY ->
                new ZmtpSocket(SocketType.ROUTER, ZmtpLimits.defaults(), new ParleyEcho())
                        .bind(ZmtpEndpoint.tcp(HOST, 0));
            case JEROMQ -> serveJeroMq();
        };
    }

    private static Sender connect(Kind kind, int port) throws Exception {
        return switch (kind) {
            case NETTY -> new NettySender(port);
            case PARLEY -> new ParleySender(port);
            case JEROMQ -> new JeroMqSender(port);
        };
    }

    /** Sends messages, and the next one for each that comes back. */
    interface Sender {
        /** Keeps so many on the way until a time of {@link System#nanoTime}, and returns how many came back. */
        long round(int inFlight, long end) throws Exception;
    }

    /** A round whose messages come back on an event loop, which sends the next ones. */
    private static final class Round {
        final CountDownLatch done = new CountDownLatch(1);
        private final long end;
        private int inFlight;
        private long received;

        Round(int inFlight, long end) {
            this.inFlight = inFlight;
            this.end = end;
        }

        /** Whether to send another one. */
        boolean next() {
            received++;
            if (System.nanoTime() < end) {
                return true;
            }
            inFlight--;
            if (inFlight == 0) {
                done.countDown();
            }
            return false;
        }

        long await() throws InterruptedException {
            done.await();
            return received;
        }
    }

    private static EventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    private static int serveNetty() throws Exception {
        Channel server = new ServerBootstrap()
                .group(loops())
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new NettyEcho());
                    }
                })
                .bind(HOST, 0)
                .sync()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private static final class NettyEcho extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private static final class NettySender extends ChannelInboundHandlerAdapter implements Sender {
        private static final byte[] MESSAGE = new byte[SIZE];
        private final Channel channel;
        private Round round = new Round(0, 0);
        private int bytes;

        NettySender(int port) throws InterruptedException {
            channel = new Bootstrap()
                    .group(loops())
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(this)
                    .connect(HOST, port)
                    .sync()
                    .channel();
        }

        @Override
        public long round(int inFlight, long end) throws InterruptedException {
            Round starting = new Round(inFlight, end);
            channel.eventLoop().execute(() -> {
                round = starting;
                for (int i = 0; i < inFlight; i++) {
                    channel.write(Unpooled.wrappedBuffer(MESSAGE));
                }
                channel.flush();
            });
            return starting.await();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            bytes += buffer.readableBytes();
            buffer.release();
            for (; bytes >= SIZE; bytes -= SIZE) {
                if (round.next()) {
                    ctx.write(Unpooled.wrappedBuffer(MESSAGE));
                }
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private static class ParleyEcho implements ZmtpHandler {
        @Override
        public void connected(ZmtpPeer peer) {}

        @Override
        public void received(ZmtpPeer peer, byte[][] frames) {
            peer.send(frames);
        }

        @Override
        public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
            throw new IllegalStateException("a message of " + bytes + " bytes");
        }

        @Override
        public void disconnected(ZmtpPeer peer, String reason) {}
    }

    private static final class ParleySender extends ParleyEcho implements Sender {
        private final CountDownLatch ready = new CountDownLatch(1);
        private Round round = new Round(0, 0);
        private final ZmtpSocket socket = new ZmtpSocket(SocketType.DEALER, ZmtpLimits.defaults(), this);

        ParleySender(int port) throws InterruptedException {
            socket.connect(ZmtpEndpoint.tcp(HOST, port));
            ready.await();
        }

        @Override
        public void connected(ZmtpPeer peer) {
            ready.countDown();
        }

        @Override
        public long round(int inFlight, long end) throws InterruptedException {
            Round starting = new Round(inFlight, end);
            ZmtpPeer peer = socket.peers().iterator().next();
            peer.execute(() -> {
                round = starting;
                for (int i = 0; i < inFlight; i++) {
                    peer.send(new byte[SIZE]);
                }
            });
            return starting.await();
        }

        @Override
        public void received(ZmtpPeer peer, byte[][] frames) {
            if (round.next()) {
                peer.send(frames);
            }
        }
    }

    private static int serveJeroMq() {
        ZMQ.Socket router = new ZContext().createSocket(org.zeromq.SocketType.ROUTER);
        int port = router.bindToRandomPort("tcp://" + HOST);
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                router.send(router.recv(), ZMQ.SNDMORE);
                router.send(router.recv());
            }
        });
        return port;
    }

    private static final class JeroMqSender implements Sender {
        private final ZMQ.Socket dealer = new ZContext().createSocket(org.zeromq.SocketType.DEALER);

        JeroMqSender(int port) {
            dealer.connect("tcp://" + HOST + ":" + port);
        }

        @Override
        public long round(int inFlight, long end) {
            for (int i = 0; i < inFlight; i++) {
                dealer.send(new byte[SIZE]);
            }
            long received = 0;
            int left = inFlight;
            while (left > 0) {
                byte[] message = dealer.recv();
                received++;
                if (System.nanoTime() < end) {
                    dealer.send(message);
                } else {
                    left--;
                }
            }
            return received;
        }
    }
}
