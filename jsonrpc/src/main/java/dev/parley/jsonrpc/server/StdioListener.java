package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.PipeReader;
import dev.parley.jsonrpc.stream.PipeWriter;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC over this process's standard input and output, as language servers speak it with the editor that starts them:
 * one peer, the parent process. While it listens, {@code System.out} is standard error, so that standard output carries
 * messages only. At the end of input the server stops. Thread-safe.
 */
public final class StdioListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(StdioListener.class);
    private static final AtomicBoolean inUse = new AtomicBoolean();

    /** How long the last responses may take to be read at {@link #close}. */
    private static final long FLUSH_MILLIS = 5_000;

    private final Address address;
    private final ServerContext context;
    private final MessageHandler handler;
    private final FrameDecoder decoder;
    private final PipeWriter writer;
    private final PrintStream replaced = System.out;
    private final Set<MessageHandler.Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopping;

    private StdioListener(Address address, ServerContext context, MessageHandler handler) {
        this.address = address;
        this.context = context;
        this.handler = handler;
        this.decoder = FrameDecoder.ofServer(context.values().limits().messageBytes());
        this.writer = new PipeWriter(standardOutput(), "parley-stdout");
    }

    /**
     * Starts to serve.
     *
     * @throws InvalidTargetException if the address names anything, or standard input is served already
     */
    public static StdioListener start(Address address, ServerContext context) {
        AddressOptions options = new AddressOptions(address);
        if (!options.path().isEmpty() || !address.hosts().isEmpty()) {
            throw new InvalidTargetException(address
                    + ": a server on standard input and output names no program; write " + address.scheme() + ":");
        }
        MessageHandler handler = new MessageHandler(context, options, address.scheme());
        options.refuseOthers();
        if (!inUse.compareAndSet(false, true)) {
            throw new InvalidTargetException("standard input and output are served already");
        }
        StdioListener listener = new StdioListener(options.forClients(), context, handler);
        System.setOut(System.err);
        listener.writer.start();
        new PipeReader(System.in, listener.decoder, listener.new Parent(), "parley-stdin").start();
        return listener;
    }

    /** Standard output, which stays open for the rest of the process. */
    private static OutputStream standardOutput() {
        return new FileOutputStream(FileDescriptor.out) {
            @Override
            public void close() {}
        };
    }

    /** The process that started this one. Confined to the reader's thread, but for what calls report. */
    private final class Parent implements PipeReader.Receiver, Peer {
        private final Semaphore room = new Semaphore(0);

        @Override
        public void received(Object message) throws InterruptedException {
            if (message instanceof FrameDecoder.Problem problem) {
                send(handler.refusal(problem));
            } else if (message instanceof byte[] bytes && !stopping) {
                take(bytes);
                writer.awaitRoom();
            }
        }

        private void take(byte[] bytes) throws InterruptedException {
            AtomicBoolean done = new AtomicBoolean();
            MessageHandler.Running[] taken = new MessageHandler.Running[1];
            MessageHandler.Running accepted = handler.handle(
                    bytes,
                    this,
                    response -> {
                        send(response);
                        synchronized (done) {
                            done.set(true);
                            if (taken[0] != null) {
                                running.remove(taken[0]);
                            }
                        }
                    },
                    room::release);
            synchronized (done) {
                if (!done.get()) {
                    taken[0] = accepted;
                    running.add(accepted);
                }
            }
            if (!accepted.accepted()) {
                room.acquire();
            }
            room.drainPermits();
        }

        @Override
        public void ended(@Nullable IOException failure) {
            log.debug("end of standard input", failure);
            // What has been received still gets its responses; then nobody is left to serve.
            Thread.ofVirtual().name("parley-stdio-end").start(context::stop);
        }

        @Override
        public String remoteAddress() {
            return "stdio";
        }

        @Override
        public void cancelled(String id) {
            running.forEach(each -> each.cancel(id));
        }
    }

    private void send(byte[] message) {
        if (message.length > 0) {
            writer.write(decoder.framing(), message, failure -> {
                if (failure != null) {
                    log.debug("standard output: {}", failure.toString());
                }
            });
        }
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        stop();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        running.forEach(MessageHandler.Running::cancel);
        try {
            if (!writer.awaitWritten(FLUSH_MILLIS)) {
                log.warn("the parent process did not read the last responses");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.close();
        System.setOut(replaced);
    }
}
