package dev.parley.zmtp;

import dev.parley.InvalidTargetException;
import dev.parley.net.socket.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;

/** An address that a socket binds or connects to. Immutable and thread-safe. */
public sealed interface ZmtpEndpoint {
    /** A TCP endpoint. To bind, the host {@code *} stands for all interfaces and port 0 for any free port. */
    static ZmtpEndpoint tcp(String host, int port) {
        return new Tcp(host.equals("*") ? "0.0.0.0" : host, port);
    }

    /**
     * A Unix-domain socket, by the path of its file.
     *
     * @throws InvalidTargetException if the path is empty
     */
    static ZmtpEndpoint ipc(String path) {
        if (path.isEmpty()) {
            throw new InvalidTargetException("an ipc endpoint needs a path, such as ipc:///tmp/service");
        }
        return new Ipc(Path.of(path));
    }

    /** The address to bind or connect to. Host names are resolved again for each connection. */
    SocketAddress address();

    /** The channel type that connects. */
    Class<? extends Channel> channel();

    /** The channel type that listens. */
    Class<? extends ServerChannel> serverChannel();

    /** TCP. */
    record Tcp(String host, int port) implements ZmtpEndpoint {
        @Override
        public SocketAddress address() {
            return InetSocketAddress.createUnresolved(host, port);
        }

        @Override
        public Class<? extends Channel> channel() {
            return EventLoops.channel();
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return EventLoops.serverChannel();
        }

        @Override
        public String toString() {
            return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** A Unix-domain socket. */
    record Ipc(Path path) implements ZmtpEndpoint {
        @Override
        public SocketAddress address() {
            return EventLoops.unixAddress(path);
        }

        @Override
        public Class<? extends Channel> channel() {
            return EventLoops.unixChannel();
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return EventLoops.unixServerChannel();
        }

        @Override
        public String toString() {
            return "ipc://" + path;
        }
    }
}
