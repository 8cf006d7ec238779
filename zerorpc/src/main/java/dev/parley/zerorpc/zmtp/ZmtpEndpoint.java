package dev.parley.zerorpc.zmtp;

import dev.parley.InvalidTargetException;
import dev.parley.net.socket.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;

/** Where a socket binds or connects. Immutable. */
public sealed interface ZmtpEndpoint {
    /** A TCP endpoint; {@code *} binds all interfaces, port 0 a free port. */
    static ZmtpEndpoint tcp(String host, int port) {
        return new Tcp(host.equals("*") ? "0.0.0.0" : host, port);
    }

    /** A Unix-domain socket, by the path of its file. */
    static ZmtpEndpoint ipc(String path) {
        if (path.isEmpty()) {
            throw new InvalidTargetException("an ipc endpoint needs a path, such as ipc:///tmp/service");
        }
        return new Ipc(Path.of(path));
    }

    /** The address to bind or connect; host names are resolved anew each time. */
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
