package dev.parley.net.http.client;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.net.http.BasicCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connected blocking socket: TCP, TLS over TCP (possibly through a proxy's tunnel), or Unix-domain.
 *
 * <p>Built on channels, because only a channel can detect without blocking that the peer has closed. Used by one
 * thread at a time, save {@link #close}, which any thread may call.
 */
final class ClientSocket {
    private final SocketChannel channel;
    private final @Nullable Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private int timeout = -1;

    private ClientSocket(SocketChannel channel, @Nullable Socket socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.input = socket != null ? socket.getInputStream() : new ChannelInput(channel);
        this.output = socket != null ? socket.getOutputStream() : new ChannelOutput(channel);
    }

    /**
     * Connects, including the tunnel and the TLS handshake.
     *
     * @throws ConnectionLostException if no connection can be made within the connect timeout
     * @throws AccessDeniedException if the proxy refuses or misses credentials
     * @throws dev.parley.RpcTimeoutException if the call's deadline passes first
     */
    static ClientSocket connect(Origin origin, Deadline call, Duration connectTimeout) {
        Deadline deadline = call.atMost(connectTimeout);
        SocketChannel channel = null;
        try {
            if (origin.unixPath != null) {
                channel = unix(origin.unixPath);
                return new ClientSocket(channel, null);
            }
            URI proxy = origin.proxy;
            String host = proxy == null ? origin.hostName() : proxy.getHost();
            int port = proxy == null ? origin.port : proxy.getPort() < 0 ? 80 : proxy.getPort();
            channel = tcp(host, port, deadline);
            if (!origin.secure) {
                return new ClientSocket(channel, channel.socket());
            }
            channel.socket().setSoTimeout(millis(deadline));
            if (proxy != null) {
                tunnel(channel.socket(), origin, proxy);
            }
            return new ClientSocket(channel, tls(channel.socket(), origin));
        } catch (IOException e) {
            close(channel);
            if (call.remainingNanos() <= 0) {
                throw call.exceeded("connecting to " + origin);
            }
            if (deadline.remainingNanos() <= 0) {
                throw new ConnectionLostException(
                        "cannot connect to " + origin + " within " + connectTimeout.toMillis() + " ms", e);
            }
            String how = e instanceof SSLException
                    ? "TLS with " + origin + " failed: "
                    : "cannot connect to " + origin + ": ";
            throw new ConnectionLostException(how + reason(e) + advice(e), e);
        } catch (RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** The message of an exception, or its class if it has none. */
    static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
    }

    /** What helps where the server's certificate is of an authority that nobody named. */
    private static String advice(IOException error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof CertPathBuilderException) {
                return "; the option ssl_ca_file names the authority to trust";
            }
        }
        return "";
    }

    private static SocketChannel unix(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return channel;
        } catch (IOException e) {
            close(channel);
            throw e;
        }
    }

    private static SocketChannel tcp(String host, int port, Deadline deadline) throws IOException {
        IOException last = null;
        for (InetAddress address : InetAddress.getAllByName(host)) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                channel.socket().connect(new InetSocketAddress(address, port), millis(deadline));
                return channel;
            } catch (IOException e) {
                close(channel);
                last = e;
            }
        }
        throw last == null ? new IOException("no address for " + host) : last;
    }

    private static int millis(Deadline deadline) throws SocketTimeoutException {
        if (deadline.remainingNanos() <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return deadline.remainingMillis("connecting");
    }

    private static Socket tls(Socket socket, Origin origin) throws IOException {
        SSLContext context = origin.sslContext;
        try {
            if (context == null) {
                context = SSLContext.getDefault();
            }
        } catch (NoSuchAlgorithmException e) {
            throw new SSLException("this Java runtime has no default TLS context", e);
        }
        SSLSocket secure =
                (SSLSocket) context.getSocketFactory().createSocket(socket, origin.hostName(), origin.port, true);
        if (origin.verifyHost) {
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        secure.startHandshake();
        return secure;
    }

    private static void tunnel(Socket socket, Origin origin, URI proxy) throws IOException {
        String target = origin.host + ":" + origin.port;
        StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n");
        BasicCredentials credentials = BasicCredentials.of(proxy);
        if (credentials != null) {
            request.append("Proxy-Authorization: ")
                    .append(credentials.toHeader())
                    .append("\r\n");
        }
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        // Reads byte by byte, because the bytes after the head belong to TLS.
        int status = ResponseReader.readTunnelStatus(socket.getInputStream());
        if (status == 407) {
            throw new AccessDeniedException("the proxy " + proxy.getHost()
                    + (credentials == null
                            ? " needs credentials, as in the option proxy=http://user:password@host:port"
                            : " refuses the credentials of the option proxy"));
        }
        if (status / 100 != 2) {
            throw new IOException("the proxy " + proxy.getHost() + " refused CONNECT with status " + status);
        }
    }

    InputStream input() {
        return input;
    }

    OutputStream output() {
        return output;
    }

    /** Sets the timeout of one read in milliseconds, 0 for no limit; without effect on a Unix-domain socket. */
    void timeout(int millis) throws IOException {
        if (socket != null && millis != timeout) {
            timeout = millis;
            socket.setSoTimeout(millis);
        }
    }

    boolean needsWatchdog() {
        return socket == null;
    }

    /**
     * Whether the connection is open and nothing has been received. If not, the connection must be closed: a byte may
     * be lost.
     */
    boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            int read = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return read == 0;
        } catch (IOException e) {
            return false;
        }
    }

    void close() {
        // Not the TLS socket, whose close may wait for the peer.
        close(channel);
    }

    private static void close(@Nullable SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing more can be done with it.
            }
        }
    }

    private static final class ChannelInput extends InputStream {
        private final SocketChannel channel;

        ChannelInput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    private static final class ChannelOutput extends OutputStream {
        private final SocketChannel channel;

        ChannelOutput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}
