package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.ListeningSocket;
import dev.parley.net.socket.MessageTimeouts;
import dev.parley.net.socket.SlowReader;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC on TCP connections and Unix-domain sockets: requests are read while earlier calls run, and responses are sent as they become ready.
 * Thread-safe.
 */
public final class StreamListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(StreamListener.class);

    private final ListeningSocket socket;
    private final Address address;
    private final Connections connections;

    private StreamListener(ListeningSocket socket, Address address, Connections connections) {
        this.socket = socket;
        this.address = address;
        this.connections = connections;
    }

    /**
     * Binds and starts to serve.
     *
     * @throws dev.parley.InvalidTargetException if the address or an option is unusable
     * @throws dev.parley.ConnectionLostException if the port is in use
     */
    public static StreamListener start(Address address, ServerContext context) {
        AddressOptions options = new AddressOptions(address);
        MessageHandler handler = MessageHandler.ofSessions(context, options, address.scheme());
        StreamAddress endpoint = StreamAddress.of(address, options);
        AddressOptions own = options.ofServer();
        int maxConnections = own.integer("max_connections", 10_000, 1, Integer.MAX_VALUE);
        Duration afterEnd = own.positiveSeconds("half_close_timeout", Duration.ofSeconds(5));
        MessageTimeouts timeouts = MessageTimeouts.of(
                own.seconds("first_message_timeout", Duration.ofSeconds(60)),
                own.seconds("message_timeout", Duration.ofSeconds(60)),
                own.seconds("idle_timeout", Duration.ZERO));
        Duration writeTimeout = own.seconds("write_timeout", Duration.ofSeconds(60));
        options.refuseOthers();
        int maxMessage = context.values().limits().messageBytes();
        StreamAccess access = StreamAccess.of(address, endpoint, context);
        Connections connections =
                new Connections(address, handler, maxConnections, maxMessage, timeouts, writeTimeout, afterEnd, access);
        ListeningSocket socket = endpoint.listen(connections);
        return new StreamListener(socket, endpoint.bound(options.forClients(), socket), connections);
    }

    /** Sets up accepted connections and keeps track of the open ones. Thread-safe. */
    private static final class Connections extends ChannelInitializer<Channel> {
        private final Address address;
        private final MessageHandler handler;
        private final int maxConnections;
        private final int maxMessage;
        private final MessageTimeouts timeouts;
        private final Duration writeTimeout;
        private final Duration afterEnd;
        private final StreamAccess access;
        private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        private volatile boolean stopping;

        Connections(
                Address address,
                MessageHandler handler,
                int maxConnections,
                int maxMessage,
                MessageTimeouts timeouts,
                Duration writeTimeout,
                Duration afterEnd,
                StreamAccess access) {
            this.access = access;
            this.address = address;
            this.handler = handler;
            this.maxConnections = maxConnections;
            this.maxMessage = maxMessage;
            this.timeouts = timeouts;
            this.writeTimeout = writeTimeout;
            this.afterEnd = afterEnd;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (stopping || open.size() >= maxConnections) {
                log.warn(
                        "{}: closed the connection of {}: {}",
                        address,
                        SocketAddresses.text(channel.remoteAddress()),
                        stopping ? "stopping" : "all " + maxConnections + " connections are in use");
                channel.close();
                return;
            }
            open.add(channel);
            access.admit(channel, caller -> {
                ConnectionMemory memory = ConnectionMemory.of(channel);
                FrameDecoder decoder = FrameDecoder.ofServer(maxMessage, memory, timeouts);
                channel.pipeline()
                        .addLast(
                                new FlushConsolidationHandler(256, true),
                                decoder,
                                new SlowReader(writeTimeout),
                                new StreamConnection(handler, decoder, memory, afterEnd, caller));
            });
        }
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public boolean isOpenToAll() {
        return connections.access.isOpen() && SocketAddresses.isReachable(socket.address());
    }

    @Override
    public void reset() {
        connections.access.reset();
    }

    @Override
    public void stop() {
        connections.stopping = true;
        socket.close().join();
        connections.open.forEach(channel -> channel.pipeline().fireUserEventTriggered(StreamConnection.Stop.STOP));
    }

    @Override
    public void close() {
        stop();
        connections.open.close().awaitUninterruptibly();
    }
}
