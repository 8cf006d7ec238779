package dev.parley.zmtp;

import dev.parley.zmtp.mechanism.Commands;
import dev.parley.zmtp.mechanism.Handshaking;
import dev.parley.zmtp.mechanism.Mechanism;
import io.netty.buffer.ByteBuf;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handshake of one connection: its security mechanism, and the metadata of the peer. Used on the event loop only. */
final class ConnectionHandshake implements Handshaking {
    private final ZmtpSocket socket;
    private final ZmtpPeer peer;
    private final ZmtpDecoder decoder;
    private final Mechanism mechanism;
    private boolean denied;

    ConnectionHandshake(ZmtpSocket socket, ZmtpPeer peer, ZmtpDecoder decoder) {
        this.socket = socket;
        this.peer = peer;
        this.decoder = decoder;
        this.mechanism = Mechanism.of(socket.security(), this, Handshake.metadata(socket.type()));
    }

    Mechanism mechanism() {
        return mechanism;
    }

    byte[] greeting() {
        return Handshake.greeting(mechanism.name(), mechanism.isServer());
    }

    /** The error in the part of the peer's greeting that has arrived; {@code null} if there is none. */
    @Nullable
    String greetingError(ByteBuf greeting) {
        return Handshake.greetingError(greeting, mechanism.name(), mechanism.isServer());
    }

    /** Whether the peer has refused our credentials. */
    boolean isDenied() {
        return denied;
    }

    /**
     * What an ERROR command with this reason says. In a handshake, reasons of three digits are status codes of ZAP.
     */
    String error(String reason) {
        boolean inHandshake = decoder.isInHandshake();
        if (inHandshake && reason.equals("400")) {
            denied = true;
            return "the peer refused the credentials";
        }
        return inHandshake && (reason.equals("300") || reason.equals("500"))
                ? "the peer cannot check the credentials now (status " + reason + ")"
                : "the peer sent an error: " + Handshake.quoted(reason);
    }

    @Override
    public void send(byte[] command) {
        peer.sendCommand(Handshake.command(command));
    }

    @Override
    public void established(byte[] metadata, int offset, @Nullable Principal caller) {
        Map<String, String> properties = Handshake.properties(metadata, offset);
        String type = properties == null ? null : properties.get("socket-type");
        if (type == null) {
            refuse("the peer's metadata is malformed or has no Socket-Type");
        } else if (!socket.type().accepts(type)) {
            send(Commands.error("Invalid socket type"));
            refuse("unexpected socket type " + Handshake.quoted(type) + ", expected one of "
                    + socket.type().accepted());
        } else {
            decoder.established(caller);
        }
    }

    @Override
    public void refuse(String reason) {
        decoder.refuse(reason);
    }

    @Override
    public void execute(Runnable task) {
        peer.execute(() -> {
            if (decoder.isInHandshake()) {
                task.run();
            }
        });
    }

    @Override
    public String peer() {
        return peer.toString();
    }
}
