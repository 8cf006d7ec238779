package dev.parley.zmtp;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a socket does with what its peers send, by its type. Stateless but for the subscriptions; each method is called
 * on the event loop of the peer.
 */
final class Inbound {
    private static final Logger log = LoggerFactory.getLogger(Inbound.class);

    private final SocketType type;
    private final ZmtpLimits limits;
    private final ZmtpHandler handler;
    private final @Nullable Subscriber subscriber;

    /**
     * The side of a socket that receives.
     *
     * @param subscriber the subscriptions of a SUB; {@code null} for other types
     */
    Inbound(SocketType type, ZmtpLimits limits, ZmtpHandler handler, @Nullable Subscriber subscriber) {
        this.type = type;
        this.limits = limits;
        this.handler = handler;
        this.subscriber = subscriber;
    }

    /** A whole message. */
    void received(ZmtpPeer peer, byte[][] frames) {
        if (!type.receives()) {
            unexpected(peer, frames);
        } else if (isWanted(frames)) {
            handler.received(peer, frames);
        }
    }

    /** A message that was skipped. */
    void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        if (!type.receives()) {
            peer.refuse("a message of " + bytes + " bytes, which a " + type + " socket does not receive");
        } else if (isWanted(frames)) {
            handler.oversized(peer, frames, bytes);
        }
    }

    /** A message that was skipped since there was no memory for it. */
    void overloaded(ZmtpPeer peer, byte[][] frames, long bytes) {
        if (!type.receives()) {
            peer.refuse("too much memory is in use to receive a message of " + bytes + " bytes");
        } else if (isWanted(frames)) {
            handler.overloaded(peer, frames, bytes);
        }
    }

    /** Publishers of old versions send everything, and others what was canceled a moment ago. */
    private boolean isWanted(byte[][] frames) {
        return subscriber == null || subscriber.wants(frames[0]);
    }

    private void unexpected(ZmtpPeer peer, byte[][] frames) {
        if (type != SocketType.PUB) {
            peer.refuse("unexpected message: a " + type + " socket only sends");
        } else if (PeerCommands.isSubscriptionMessage(frames)) {
            byte[] body = frames[0];
            byte[] prefix = new byte[body.length - 1];
            System.arraycopy(body, 1, prefix, 0, prefix.length);
            subscription(peer, body[0] == 1, prefix);
        } else {
            // An XSUB may send messages of its user, which are for an XPUB.
            log.debug("{}: ignoring a message that is no subscription", peer);
        }
    }

    /** A command after the handshake. */
    void command(ZmtpPeer peer, String name, byte[] body) {
        boolean subscribe = name.equals("SUBSCRIBE");
        if (name.equals("PING")) {
            peer.sendCommand(Handshake.command(PeerCommands.pong(body)));
            peer.keptAlive(PeerCommands.ttl(body));
        } else if (name.equals("PONG")) {
            // That something has come is enough.
            log.trace("{}: PONG", peer);
        } else if (type == SocketType.PUB && (subscribe || name.equals("CANCEL"))) {
            subscription(peer, subscribe, PeerCommands.argument(body));
        } else {
            // SUBSCRIBE and CANCEL do not apply to other types; commands of later versions may be ignored.
            log.debug("{}: ignoring the command {}", peer, Handshake.quoted(name));
        }
    }

    private void subscription(ZmtpPeer peer, boolean subscribe, byte[] prefix) {
        Subscriptions subscriptions = peer.subscriptions();
        if (!subscribe) {
            if (subscriptions.remove(prefix)) {
                peer.memory().release(ZmtpPeer.subscriptionBytes(prefix));
            }
            handler.unsubscribed(peer, prefix);
            return;
        }
        if (subscriptions.add(prefix)) {
            if (subscriptions.size() > limits.maxSubscriptions()) {
                subscriptions.remove(prefix);
                peer.refuse("a subscriber exceeds the limit of " + limits.maxSubscriptions() + " subscriptions");
                return;
            }
            if (!peer.memory().charge(ZmtpPeer.subscriptionBytes(prefix))) {
                subscriptions.remove(prefix);
                peer.refuse("too much memory is in use for another subscription");
                return;
            }
        }
        handler.subscribed(peer, prefix);
    }
}
