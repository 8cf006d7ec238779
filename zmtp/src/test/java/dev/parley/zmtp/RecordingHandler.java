package dev.parley.zmtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Records the events of a socket, and echoes messages if told to. Thread-safe. */
final class RecordingHandler implements ZmtpHandler {
    record Message(ZmtpPeer peer, List<byte[]> frames) {}

    final BlockingQueue<ZmtpPeer> connected = new LinkedBlockingQueue<>();
    final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Long> oversized = new LinkedBlockingQueue<>();
    final BlockingQueue<String> disconnected = new LinkedBlockingQueue<>();
    /** Each prefix after {@code +} or {@code -}. */
    final BlockingQueue<String> subscriptions = new LinkedBlockingQueue<>();

    private final boolean echo;

    RecordingHandler(boolean echo) {
        this.echo = echo;
    }

    @Override
    public void connected(ZmtpPeer peer) {
        connected.add(peer);
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        if (echo) {
            peer.send(frames);
        } else {
            messages.add(new Message(peer, List.of(frames)));
        }
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        oversized.add(bytes);
    }

    @Override
    public void subscribed(ZmtpPeer peer, byte[] prefix) {
        subscriptions.add("+" + new String(prefix, StandardCharsets.US_ASCII));
    }

    @Override
    public void unsubscribed(ZmtpPeer peer, byte[] prefix) {
        subscriptions.add("-" + new String(prefix, StandardCharsets.US_ASCII));
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        disconnected.add(reason);
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no event within 20 s");
        }
        return next;
    }
}
