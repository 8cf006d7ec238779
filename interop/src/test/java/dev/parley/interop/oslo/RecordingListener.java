package dev.parley.interop.oslo;

import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A notification listener in a process of its own, to be killed: writes down what it got before it acknowledges it. */
public final class RecordingListener {
    private RecordingListener() {}

    /** {@code RecordingListener ADDRESS TOPIC FILE}: appends each payload, a number, as an int. */
    public static void main(String[] args) throws Exception {
        FileChannel file = FileChannel.open(Path.of(args[2]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        NotificationListener.builder(args[0])
                .topics(args[1])
                .on(notification -> append(file, ((Number) notification.payload()).intValue()), Priority.INFO)
                .build()
                .start();
        System.out.println("ready " + args[0]);
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void append(FileChannel file, int number) {
        try {
            file.write(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
