package dev.parley.zerorpc.channel;

import dev.parley.zerorpc.event.MessageId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The id of a channel whose caller is behind a broker, with the frames that lead there. Immutable. */
final class ChannelKey {
    private final MessageId id;
    private final byte[][] envelope;
    private final int hash;

    ChannelKey(MessageId id, byte[][] envelope) {
        this.id = id;
        this.envelope = envelope;
        this.hash = 31 * id.hashCode() + Arrays.deepHashCode(envelope);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChannelKey key
                && hash == key.hash
                && id.equals(key.id)
                && Arrays.deepEquals(envelope, key.envelope);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
