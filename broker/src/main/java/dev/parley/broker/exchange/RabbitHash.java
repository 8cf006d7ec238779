package dev.parley.broker.exchange;

/**
 * The hash of RabbitMQ's consistent hash exchange, so that a key has the same bucket here as there: Erlang's
 * {@code phash2} of a binary (Bob Jenkins' hash of 1996), and jump consistent hashing (Lamping and Veach) with Erlang's
 * random numbers {@code exs1024} (Vigna's xorshift1024*). Stateless.
 */
final class RabbitHash {
    private static final int GOLDEN = 0x9e3779b9;
    /** The constant for binaries: thirteen times the golden ratio. */
    private static final int SEED = 0x08d12e65;

    private static final int RANGE_BITS = 27;
    private static final int STATE = 16;
    /** Of a part of a seed, which has 21 bits. */
    private static final long MASK = (1 << 21) - 1;

    private RabbitHash() {}

    /** {@code erlang:phash2(<<...>>)}. */
    static int hash(byte[] octets) {
        return (octets.length == 0 ? SEED : jenkins(octets, SEED)) & ((1 << RANGE_BITS) - 1);
    }

    private static int jenkins(byte[] octets, int seed) {
        int[] abc = {GOLDEN, GOLDEN, seed};
        int at = 0;
        for (; octets.length - at >= 12; at += 12) {
            abc[0] += word(octets, at, 4);
            abc[1] += word(octets, at + 4, 4);
            abc[2] += word(octets, at + 8, 4);
            mix(abc);
        }
        // The lowest octet of the third word is the length.
        abc[2] += octets.length + (word(octets, at + 8, 3) << 8);
        abc[1] += word(octets, at + 4, 4);
        abc[0] += word(octets, at, 4);
        mix(abc);
        return abc[2];
    }

    /** Octets in little-endian order; those behind the end are zero. */
    private static int word(byte[] octets, int from, int count) {
        int word = 0;
        for (int i = 0; i < count && from + i < octets.length; i++) {
            word |= (octets[from + i] & 0xff) << (8 * i);
        }
        return word;
    }

    private static void mix(int[] abc) {
        int a = abc[0];
        int b = abc[1];
        int c = abc[2];
        a = (a - b - c) ^ (c >>> 13);
        b = (b - c - a) ^ (a << 8);
        c = (c - a - b) ^ (b >>> 13);
        a = (a - b - c) ^ (c >>> 12);
        b = (b - c - a) ^ (a << 16);
        c = (c - a - b) ^ (b >>> 5);
        a = (a - b - c) ^ (c >>> 3);
        b = (b - c - a) ^ (a << 10);
        c = (c - a - b) ^ (b >>> 15);
        abc[0] = a;
        abc[1] = b;
        abc[2] = c;
    }

    /** Of Erlang's seed with the same number three times. */
    private static long[] state(int number) {
        long low = (number & MASK) + 1;
        long seed = ((low * 2_097_131) & MASK) << 43
                | ((low * 2_097_133) & MASK) << 22
                | ((low * 2_097_143) & MASK) << 1
                | 1;
        long[] state = new long[STATE];
        for (int i = STATE - 1; i >= 0; i--) {
            seed ^= seed >>> 12;
            seed ^= seed << 25;
            seed ^= seed >>> 27;
            state[i] = seed * 2_685_821_657_736_338_717L;
        }
        return state;
    }

    /** The bucket of a hash, 0 to {@code buckets} - 1. */
    static long bucket(int hash, long buckets) {
        if (buckets == 1) {
            return 0;
        }
        long[] state = state(hash);
        long bucket = -1;
        long next = 0;
        for (int at = 0; next < buckets; at = (at + 1) % STATE) {
            bucket = next;
            long first = state[at];
            long second = state[(at + 1) % STATE];
            first ^= first >>> 30;
            second ^= second << 31;
            second = second ^ (second >>> 11) ^ first;
            state[(at + 1) % STATE] = second;
            double random = ((second * 1181783497276652981L) >>> 11) * 0x1.0p-53;
            next = (long) ((bucket + 1) / random);
        }
        return bucket;
    }
}
