package dev.parley.interop.zmtp;

import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpPeer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What happened at a socket. Thread-safe. */
final class Events implements ZmtpHandler {
    record Message(ZmtpPeer peer, List<byte[]> frames) {
        String text() {
            return new String(frames.getFirst(), StandardCharsets.US_ASCII);
        }
    }

    final BlockingQueue<ZmtpPeer> connected = new LinkedBlockingQueue<>();
    final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<String> disconnected = new LinkedBlockingQueue<>();
    /** Each prefix after {@code +} or {@code -}. */
    final BlockingQueue<String> subscriptions = new LinkedBlockingQueue<>();

    @Override
    public void connected(ZmtpPeer peer) {
        connected.add(peer);
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        messages.add(new Message(peer, List.of(frames)));
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {}

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
        @Nullable T next = queue.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no event within 30 s");
        }
        return next;
    }
}
