package dev.parley.jsonrpc.server;

import dev.parley.net.socket.PeerCertificates;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.security.Credentials;
import dev.parley.spi.Authentication;
import dev.parley.spi.Login;
import dev.parley.spi.PeerLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Stands behind the TLS of a new connection: nothing of the peer goes further before the handshake is done and it is
 * known who the peer is. Then it lets the connection begin. Confined to the event loop.
 */
final class TlsLogin extends ChannelInboundHandlerAdapter {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(TlsLogin.class));

    private final SslHandler ssl;
    private final @Nullable Authentication authentication;
    private final Consumer<@Nullable Principal> admitted;
    /** What has arrived before it is known who the peer is. */
    private final ArrayDeque<Object> early = new ArrayDeque<>();

    private boolean closing;

    /**
     * A login.
     *
     * @param authentication decides by the certificate; {@code null} lets everybody in, with the certificate's subject
     * @param admitted adds the handlers of the connection
     */
    TlsLogin(SslHandler ssl, @Nullable Authentication authentication, Consumer<@Nullable Principal> admitted) {
        this.ssl = ssl;
        this.authentication = authentication;
        this.admitted = admitted;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Told when it is known who the peer is.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // Little, since reading has stopped; the last packet of the handshake may hold it already.
        if (closing) {
            ReferenceCountUtil.release(message);
        } else {
            early.add(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            if (event == StreamConnection.Stop.STOP) {
                ctx.close();
            } else {
                ctx.fireUserEventTriggered(event);
            }
        } else if (!handshake.isSuccess()) {
            refuse(ctx, handshake.cause());
        } else if (authentication == null) {
            open(ctx, PeerCertificates.subject(ssl));
        } else {
            ctx.channel().config().setAutoRead(false);
            List<X509Certificate> chain = PeerCertificates.of(ssl);
            Credentials credentials = chain.isEmpty() || !authentication.accepts(Credentials.Certificate.class)
                    ? new Credentials.None()
                    : new Credentials.Certificate(chain);
            authentication
                    .authenticate(credentials, peer(ctx))
                    .thenAccept(login -> ctx.executor().execute(() -> decided(ctx, login)));
        }
    }

    private void decided(ChannelHandlerContext ctx, Login login) {
        if (closing) {
            return;
        }
        if (login instanceof Login.Accepted accepted) {
            ctx.channel().config().setAutoRead(true);
            open(ctx, accepted.caller());
        } else {
            // JSON-RPC has no message for this.
            faults.warn(peer(ctx), "closing the connection: the client certificate is missing or refused");
            ctx.close();
        }
    }

    private void open(ChannelHandlerContext ctx, @Nullable Principal caller) {
        admitted.accept(caller);
        ctx.fireChannelActive();
        boolean any = !early.isEmpty();
        while (!early.isEmpty()) {
            ctx.fireChannelRead(early.poll());
        }
        if (any) {
            ctx.fireChannelReadComplete();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refuse(ctx, cause);
    }

    private void refuse(ChannelHandlerContext ctx, Throwable thrown) {
        if (!closing) {
            closing = true;
            Throwable cause = thrown.getCause() instanceof NotSslRecordException inner ? inner : thrown;
            // The exception has the bytes in its message.
            faults.warn(
                    peer(ctx),
                    "closing the connection: {}",
                    cause instanceof NotSslRecordException
                            ? "plain text on a port that serves TLS"
                            : "the TLS handshake failed: " + cause.getMessage());
        }
        ctx.close();
    }

    private static String peer(ChannelHandlerContext ctx) {
        return SocketAddresses.text(ctx.channel().remoteAddress());
    }
}
