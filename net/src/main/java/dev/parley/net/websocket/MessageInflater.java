package dev.parley.net.websocket;

import dev.parley.net.http.InflatedContent;
import dev.parley.net.socket.ChannelTasks;
import dev.parley.spi.Decoding;
import dev.parley.spi.Guard;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.MessageCharge;
import io.netty.channel.Channel;
import java.util.zip.DataFormatException;

/** Inflates the messages of a connection: large ones away from its event loop. Confined to the event loop. */
final class MessageInflater {
    private final Channel channel;
    private final int maxMessage;
    private final Owner owner;
    private boolean busy;

    /** Takes the outcome, on the event loop. */
    interface Owner {
        void inflated(byte[] message);

        /** A message cannot be inflated; see {@link Deflate#inflate}. */
        void uninflatable(Throwable error);

        /** What waited for a large message can go on. */
        void drain();
    }

    MessageInflater(Channel channel, int maxMessage, Owner owner) {
        this.channel = channel;
        this.maxMessage = maxMessage;
        this.owner = owner;
    }

    /** Whether a message is being inflated on another thread. */
    boolean isBusy() {
        return busy;
    }

    /** Inflates a message, now or later. */
    void inflate(byte[] payload, MessageCharge charge) {
        byte[] whole;
        try {
            whole = Deflate.inflate(payload, Math.min(LargeMessages.LARGE, maxMessage), Decoding.unlimited(charge));
        } catch (InflatedContent.TooLargeException e) {
            if (maxMessage <= LargeMessages.LARGE) {
                owner.uninflatable(e);
            } else {
                busy = true;
                Guard.start(
                        "parley-websocket-inflate",
                        () -> inflateAside(payload, charge),
                        error -> done(charge, () -> owner.uninflatable(error)));
            }
            return;
        } catch (DataFormatException | RuntimeException e) {
            owner.uninflatable(e);
            return;
        }
        owner.inflated(whole);
    }

    private void inflateAside(byte[] payload, MessageCharge charge) {
        Runnable then;
        try (Decoding decoding = Decoding.of(charge)) {
            byte[] whole = Deflate.inflate(payload, maxMessage, decoding);
            then = () -> owner.inflated(whole);
        } catch (InflatedContent.TooLargeException | DataFormatException | RuntimeException | Error e) {
            then = () -> owner.uninflatable(e);
        }
        done(charge, then);
    }

    private void done(MessageCharge charge, Runnable then) {
        ChannelTasks.execute(channel, () -> {
            busy = false;
            if (!charge.isOver()) {
                then.run();
                owner.drain();
            }
        });
    }
}
