package dev.parley.zmtp;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The prefixes that a subscriber wants. A prefix that is added twice has to be removed twice.
 *
 * <p>Any thread may {@link #match}; changes are confined to one thread at a time.
 */
final class Subscriptions {
    private final ConcurrentSkipListMap<byte[], Integer> counts = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private int size;

    /** Adds a prefix. Returns whether it was not there. */
    boolean add(byte[] prefix) {
        if (counts.merge(prefix, 1, Integer::sum) > 1) {
            return false;
        }
        size++;
        return true;
    }

    /** Removes a prefix that was added as often as this is called. Returns whether it was there and now is not. */
    boolean remove(byte[] prefix) {
        Integer count = counts.get(prefix);
        if (count == null) {
            return false;
        }
        if (count > 1) {
            counts.put(prefix, count - 1);
            return false;
        }
        counts.remove(prefix);
        size--;
        return true;
    }

    /** The number of different prefixes. */
    int size() {
        return size;
    }

    /** The different prefixes. */
    Set<byte[]> prefixes() {
        return counts.keySet();
    }

    /** Whether a topic begins with one of the prefixes. */
    boolean match(byte[] topic) {
        byte[] rest = topic;
        while (true) {
            Map.Entry<byte[], Integer> nearest = counts.floorEntry(rest);
            if (nearest == null) {
                return false;
            }
            // Whatever is between a prefix of the topic and the topic begins with that prefix. So all prefixes of the
            // topic that may be found are prefixes of what it has in common with the nearest one too.
            byte[] prefix = nearest.getKey();
            int mismatch = Arrays.mismatch(prefix, rest);
            if (mismatch < 0 || mismatch == prefix.length) {
                return true;
            }
            rest = Arrays.copyOf(rest, mismatch);
        }
    }
}
