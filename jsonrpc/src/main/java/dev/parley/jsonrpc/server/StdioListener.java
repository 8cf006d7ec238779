package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Problem;
import dev.parley.jsonrpc.session.Session;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.PipeConnection;
import dev.parley.jsonrpc.stream.PipeReader;
import dev.parley.jsonrpc.stream.PipeWriter;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Guard;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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
    private final PipeReader reader;
    private final PipeWriter writer;
    private final Session session;
    private final PrintStream replaced = System.out;
    private final AtomicBoolean closed = new AtomicBoolean();

    private StdioListener(Address address, ServerContext context, MessageHandler handler) {
        this.address = address;
        this.context = context;
        int maxMessage = context.values().limits().messageBytes();
        this.reader = new PipeReader(System.in, memory -> FrameDecoder.ofChild(maxMessage, memory), "parley-stdin");
        this.writer = new PipeWriter(standardOutput(), reader.memory(), "parley-stdout");
        this.session = Session.ofServer(new Parent(reader, writer), handler);
    }

    /** The process that started this one. Thread-safe. */
    private static final class Parent extends PipeConnection {
        Parent(PipeReader reader, PipeWriter writer) {
            super(reader, writer, reader::framing);
        }

        /** The end of the server does that. */
        @Override
        public void finish() {}

        @Override
        public void close() {}
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
        MessageHandler handler = MessageHandler.ofSoleSession(context, options, address.scheme());
        options.refuseOthers();
        if (!inUse.compareAndSet(false, true)) {
            throw new InvalidTargetException("standard input and output are served already");
        }
        StdioListener listener = new StdioListener(options.forClients(), context, handler);
        System.setOut(System.err);
        listener.writer.start();
        listener.writer.onChange(listener.session::writabilityChanged);
        listener.reader.start(listener.new Receiver());
        return listener;
    }

    /** Standard output, which stays open for the rest of the process. */
    private static OutputStream standardOutput() {
        return new FileOutputStream(FileDescriptor.out) {
            @Override
            public void close() {}
        };
    }

    /** Brings what the parent sends to the session. Confined to the reader's thread. */
    private final class Receiver implements PipeReader.Receiver {
        @Override
        public void received(Object message) {
            if (message instanceof Problem problem) {
                session.problem(problem);
            } else if (message instanceof byte[] bytes) {
                session.received(bytes);
            }
        }

        @Override
        public void receivedAll() {
            session.receivedAll();
        }

        @Override
        public void ended(@Nullable IOException failure) {
            log.debug("end of standard input", failure);
            session.ended(null);
            // What has been received still gets its responses; then nobody is left to serve.
            Guard.start("parley-stdio-end", context::stop);
        }
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        session.stop();
    }

    @Override
    public void close() {
        stop();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        session.lost(null);
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
