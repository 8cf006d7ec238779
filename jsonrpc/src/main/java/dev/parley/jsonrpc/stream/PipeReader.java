package dev.parley.jsonrpc.stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads messages from a pipe on a daemon thread of its own. Confined to that thread once started. */
public final class PipeReader {
    private static final Logger log = LoggerFactory.getLogger(PipeReader.class);
    private static final int CHUNK = 64 << 10;

    private final InputStream in;
    private final FrameDecoder decoder;
    private final Receiver receiver;
    private final String threadName;

    /** What reads the messages. Called on the reader's thread. */
    public interface Receiver {
        /** A message, {@code byte[]}, or a {@link FrameDecoder.Problem}; no more is read until it returns. */
        void received(Object message) throws InterruptedException;

        /** The stream has ended, or failed. Called once. */
        void ended(@Nullable IOException failure);
    }

    /** A reader; call {@link #start}. */
    public PipeReader(InputStream in, FrameDecoder decoder, Receiver receiver, String threadName) {
        this.in = in;
        this.decoder = decoder;
        this.receiver = receiver;
        this.threadName = threadName;
    }

    /** Starts the thread. */
    public void start() {
        Thread.ofPlatform().daemon().name(threadName).start(this::run);
    }

    private void run() {
        IOException failure = null;
        // Only to run the decoder, which is the same for sockets.
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        try {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                channel.writeInbound(Unpooled.copiedBuffer(chunk, 0, read));
                if (!pass(channel)) {
                    break;
                }
            }
            channel.finish();
            pass(channel);
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            log.error("{} failed", threadName, e);
            failure = new IOException(String.valueOf(e.getMessage()), e);
        } finally {
            receiver.ended(failure);
        }
    }

    /** Passes on what has been decoded; returns whether more can follow. */
    private boolean pass(EmbeddedChannel channel) throws InterruptedException {
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            receiver.received(message);
            if (message instanceof FrameDecoder.Problem problem && problem.fatal()) {
                return false;
            }
        }
        return true;
    }
}
