package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.jsonrpc.stream.PipeConnection;
import dev.parley.jsonrpc.stream.PipeReader;
import dev.parley.jsonrpc.stream.PipeWriter;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Guard;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a child process and talks with it over its standard input and output, as editors do with language servers. Its
 * standard error is this process's own. Immutable and thread-safe.
 */
final class ChildConnector implements Connector {
    private static final Logger log = LoggerFactory.getLogger(ChildConnector.class);

    private final List<String> command;
    private final Framing framing;
    private final int maxMessage;
    private final Duration exitTimeout;
    private final boolean showsErrors;

    private ChildConnector(
            List<String> command, Framing framing, int maxMessage, Duration exitTimeout, boolean showsErrors) {
        this.command = command;
        this.framing = framing;
        this.maxMessage = maxMessage;
        this.exitTimeout = exitTimeout;
        this.showsErrors = showsErrors;
    }

    /**
     * Reads an address.
     *
     * @throws InvalidTargetException if it names no program
     */
    static ChildConnector of(Address address, AddressOptions options, int maxMessage) {
        List<String> command = address.hosts().isEmpty() ? ChildCommand.words(options.path()) : List.of();
        if (command.isEmpty()) {
            throw new InvalidTargetException(
                    address + " must name a program, as in " + address.scheme() + ":pylsp --verbose");
        }
        return new ChildConnector(
                command,
                options.choice("framing", Framing.HEADERS, Framing.class),
                maxMessage,
                options.positiveSeconds("exit_timeout", Duration.ofSeconds(5)),
                options.choice("stderr", "inherit", "discard").equals("inherit"));
    }

    @Override
    public void connect(Events events) {
        // Starting a process takes milliseconds, which the caller need not wait.
        Guard.start("parley-child-start", () -> start(events), error -> events.failed(notStarted(error)));
    }

    private void start(Events events) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(showsErrors ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            events.failed(notStarted(e));
            return;
        }
        PipeReader reader = new PipeReader(
                process.getInputStream(),
                memory -> FrameDecoder.ofClient(maxMessage, framing, memory),
                "parley-child-out");
        PipeWriter writer = new PipeWriter(process.getOutputStream(), reader.memory(), "parley-child-in").start();
        Child child = new Child(process, reader, writer);
        events.opened(child);
        writer.onChange(events::writabilityChanged);
        reader.start(child.new Receiver(events));
    }

    private ConnectionLostException notStarted(Throwable error) {
        return new ConnectionLostException("cannot start " + command.getFirst() + ": " + error.getMessage(), error);
    }

    /** A running child. Thread-safe. */
    private final class Child extends PipeConnection {
        private final Process process;
        private final PipeWriter writer;

        Child(Process process, PipeReader reader, PipeWriter writer) {
            super(reader, writer, () -> framing);
            this.process = process;
            this.writer = writer;
        }

        /** Brings what the child sends to the events. Confined to the reader's thread. */
        private final class Receiver implements PipeReader.Receiver {
            private final Events events;

            Receiver(Events events) {
                this.events = events;
            }

            @Override
            public void received(Object message) {
                events.received(message);
            }

            @Override
            public void receivedAll() {
                events.receivedAll();
            }

            @Override
            public void ended(@Nullable IOException failure) {
                events.lost(failure == null ? ending() : failure);
                close();
            }
        }

        /** How the child ended, as far as that is known soon. */
        private IOException ending() {
            try {
                return process.waitFor(1, TimeUnit.SECONDS)
                        ? new IOException(command.getFirst() + " exited with status " + process.exitValue())
                        : new IOException(command.getFirst() + " closed its standard output");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new IOException("interrupted");
            }
        }

        @Override
        public void finish() {
            Guard.start("parley-child-end", this::close);
        }

        /** Closes its input, then waits; asks it to end, then waits; ends it. */
        @Override
        public void close() {
            writer.close();
            try {
                if (exits()) {
                    return;
                }
                log.debug("{} did not exit at the end of its input: terminating it", command.getFirst());
                process.destroy();
                if (exits()) {
                    return;
                }
                log.warn("{} did not exit when asked to: killing it", command.getFirst());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            process.destroyForcibly();
        }

        private boolean exits() throws InterruptedException {
            return process.waitFor(exitTimeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
