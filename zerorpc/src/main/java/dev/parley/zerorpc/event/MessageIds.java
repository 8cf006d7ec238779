package dev.parley.zerorpc.event;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes ids nearly as Python does: binary data of 32 characters, 8 hexadecimal digits of a counter, a {@code P} that
 * tells them from {@linkplain MessageId#isOfPython those of Python}, and 23 random digits. Thread-safe.
 */
final class MessageIds {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int LENGTH = 32;

    private final byte[] template = new byte[2 + LENGTH];
    private final AtomicInteger counter;

    MessageIds() {
        SecureRandom random = new SecureRandom();
        counter = new AtomicInteger(random.nextInt());
        template[0] = (byte) 0xc4;
        template[1] = LENGTH;
        template[10] = 'P';
        for (int i = 11; i < template.length; i++) {
            template[i] = HEX[random.nextInt(16)];
        }
    }

    MessageId next() {
        return new MessageId(nextEncoded());
    }

    byte[] nextEncoded() {
        byte[] id = template.clone();
        int number = counter.getAndIncrement();
        for (int i = 0; i < 8; i++) {
            id[2 + i] = HEX[number >>> 28 - 4 * i & 0xf];
        }
        return id;
    }
}
