package dev.parley.zmtp;

import java.time.Duration;

/**
 * Sends PING commands to a peer, and ends the connection to one that is silent for too long. Confined to the event loop
 * of the peer.
 */
final class KeepAlive {
    private final ZmtpPeer peer;
    private final long intervalNanos;
    private final long timeoutNanos;
    private final byte[] ping;

    /** {@link System#nanoTime()} when something was received last. */
    private long lastRead = System.nanoTime();
    /** Whether a PING was sent since, and the time runs. */
    private boolean waits;
    /** When the PING was sent that started the time. */
    private long pinged;
    /** The time to live that the peer has told; 0 for none. */
    private long ttlNanos;

    private boolean checksTtl;

    KeepAlive(ZmtpPeer peer, ZmtpOptions options) {
        this.peer = peer;
        this.intervalNanos = options.pingInterval().toNanos();
        this.timeoutNanos = options.pingTimeout().toNanos();
        this.ping = Handshake.command(PeerCommands.ping(options.pingTtl()));
    }

    /** Starts to send. */
    void start() {
        peer.schedule(this::ping, intervalNanos);
    }

    /** Something was received. */
    void read() {
        lastRead = System.nanoTime();
        waits = false;
    }

    private void ping() {
        if (!peer.isConnected()) {
            return;
        }
        peer.sendCommand(ping);
        if (!waits) {
            waits = true;
            pinged = System.nanoTime();
            peer.schedule(this::checkAnswer, timeoutNanos);
        }
        peer.schedule(this::ping, intervalNanos);
    }

    private void checkAnswer() {
        // Another PING may have been sent since, after something was received.
        long left = pinged + timeoutNanos - System.nanoTime();
        if (!waits || !peer.isConnected()) {
            return;
        }
        if (!peer.isReading()) {
            pinged = System.nanoTime();
            peer.schedule(this::checkAnswer, timeoutNanos);
        } else if (left > 0) {
            peer.schedule(this::checkAnswer, left);
        } else {
            peer.refuse("the peer sent nothing for " + text(timeoutNanos) + " after a PING");
        }
    }

    /** A PING has come, which asks to end the connection if nothing more comes for so long; 0 for ever. */
    void received(Duration ttl) {
        ttlNanos = ttl.toNanos();
        if (ttlNanos > 0 && !checksTtl) {
            checksTtl = true;
            peer.schedule(this::checkTtl, ttlNanos);
        }
    }

    private void checkTtl() {
        checksTtl = false;
        if (ttlNanos == 0 || !peer.isConnected()) {
            return;
        }
        if (!peer.isReading()) {
            lastRead = System.nanoTime();
        }
        long left = lastRead + ttlNanos - System.nanoTime();
        if (left > 0) {
            checksTtl = true;
            peer.schedule(this::checkTtl, left);
        } else {
            peer.refuse("the peer sent nothing for " + text(ttlNanos) + ", the time to live of its PING");
        }
    }

    private static String text(long nanos) {
        return Duration.ofNanos(nanos).toMillis() / 1000.0 + " s";
    }
}
