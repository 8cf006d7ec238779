package dev.parley.jsonrpc.stream;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.net.socket.EventLoops;
import dev.parley.net.socket.ListeningSocket;
import dev.parley.net.socket.Trust;
import dev.parley.spi.AddressOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The socket of an address: a TCP port, or a Unix-domain socket file. Immutable. */
public final class StreamAddress {
    /** The scheme of JSON texts on a TCP connection. */
    public static final String TCP = "jsonrpc+tcp";

    /** The scheme of JSON texts on a TCP connection with TLS. */
    public static final String TLS = "jsonrpc+tls";

    /** The scheme of JSON texts on a Unix-domain socket. */
    public static final String IPC = "jsonrpc+ipc";

    /** The TCP port of an address without one. */
    private static final int DEFAULT_PORT = 4040;

    private final Address address;
    private final @Nullable Path file;

    private StreamAddress(Address address, @Nullable Path file) {
        this.address = address;
        this.file = file;
    }

    /**
     * Reads an address.
     *
     * @throws InvalidTargetException if it does not name a socket file, or names a host beside one
     */
    public static StreamAddress of(Address address, AddressOptions options) {
        if (!address.scheme().equals(IPC)) {
            return new StreamAddress(address, null);
        }
        if (!address.hosts().isEmpty() || options.path().length() < 2) {
            throw new InvalidTargetException(
                    address + " must name a socket file and no host, as in " + IPC + ":///run/service.sock");
        }
        return new StreamAddress(address, Path.of(options.path()));
    }

    /** Listens; see {@link ListeningSocket}. */
    public ListeningSocket listen(ChannelHandler initializer) {
        return file == null
                ? ListeningSocket.bind(address.host(), address.port(DEFAULT_PORT), initializer)
                : ListeningSocket.bindUnix(file, initializer);
    }

    /** The address for clients, with the port that was bound. */
    public Address bound(Address forClients, ListeningSocket socket) {
        return file == null ? forClients.withPort(socket.port()) : forClients;
    }

    /** The type of a connecting channel. */
    public Class<? extends Channel> channel() {
        return file == null ? EventLoops.channel() : EventLoops.unixChannel();
    }

    /** Where to connect. */
    public SocketAddress remote() {
        return file == null
                ? InetSocketAddress.createUnresolved(address.host(), address.port(DEFAULT_PORT))
                : EventLoops.unixAddress(file);
    }

    /** Whether it is a TCP port. */
    public boolean isTcp() {
        return file == null;
    }

    /** Whether it has TLS. */
    public boolean isSecure() {
        return address.scheme().equals(TLS);
    }

    /** The handler of TLS for a new connection of a client. */
    public SslHandler tls(Trust trust, Duration timeout) throws NoSuchAlgorithmException {
        return trust.handler(address.host(), address.port(DEFAULT_PORT), timeout);
    }
}
