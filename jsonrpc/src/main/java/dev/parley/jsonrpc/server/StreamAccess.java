package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.net.socket.ServerTls;
import dev.parley.net.socket.ServerTls.ClientCertificates;
import dev.parley.security.Credentials;
import dev.parley.spi.Authentication;
import dev.parley.spi.ServerContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.security.Principal;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect to a {@link StreamListener}: by a certificate where there is TLS; without, everybody or nobody, since
 * JSON-RPC carries no credentials. Thread-safe.
 */
final class StreamAccess {
    private final ServerContext context;
    private final @Nullable ServerTls tls;
    private final @Nullable Principal anonymous;

    private StreamAccess(ServerContext context, @Nullable ServerTls tls, @Nullable Principal anonymous) {
        this.context = context;
        this.tls = tls;
        this.anonymous = anonymous;
    }

    /**
     * The access to an address.
     *
     * @throws InvalidTargetException if it needs TLS and the server has no keys, or cannot carry the credentials that
     *     the server asks for
     */
    static StreamAccess of(Address address, StreamAddress endpoint, ServerContext context) {
        Authentication authentication = context.authentication();
        if (!endpoint.isSecure()) {
            String carries = "carries no credentials; " + StreamAddress.TLS + " carries client certificates";
            return new StreamAccess(
                    context, null, authentication == null ? null : authentication.withoutCredentials(address, carries));
        }
        SSLContext keys = context.tls();
        if (keys == null) {
            throw new InvalidTargetException(
                    address
                            + " needs a TLS context with a key and certificate (RpcServer.Builder.tls, or --cert of 'parley serve')");
        }
        if (authentication == null) {
            return new StreamAccess(context, new ServerTls(keys, ClientCertificates.NONE), null);
        } else if (!authentication.accepts(Credentials.Certificate.class)) {
            Principal all = authentication.withoutCredentials(address, "carries client certificates only");
            return new StreamAccess(context, new ServerTls(keys, ClientCertificates.NONE), all);
        }
        ClientCertificates asked =
                authentication.accepts(Credentials.None.class) ? ClientCertificates.WANTED : ClientCertificates.NEEDED;
        return new StreamAccess(context, new ServerTls(keys, asked), null);
    }

    /** Whether no peer is asked who it is. */
    boolean isOpen() {
        return context.authentication() == null;
    }

    /** Uses the server's current keys for connections accepted from now on. */
    void reset() {
        if (tls != null) {
            tls.replace(Objects.requireNonNull(context.tls(), "the TLS context"));
        }
    }

    /**
     * Sets up a new connection.
     *
     * @param serve adds the handlers of the connection, once it is known who the peer is
     */
    void admit(Channel channel, Consumer<@Nullable Principal> serve) {
        // The end of input in TLS ends both directions.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, tls == null);
        if (tls == null) {
            serve.accept(anonymous);
        } else {
            SslHandler ssl = tls.handler();
            channel.pipeline().addLast(ssl, new TlsLogin(ssl, context.authentication(), serve));
        }
    }
}
