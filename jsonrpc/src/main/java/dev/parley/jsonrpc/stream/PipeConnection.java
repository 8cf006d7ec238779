package dev.parley.jsonrpc.stream;

import dev.parley.jsonrpc.session.Connection;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.spi.Guard;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A pair of pipes. Thread-safe. */
public abstract class PipeConnection implements Connection {
    private final PipeReader reader;
    private final PipeWriter writer;
    private final Supplier<Framing> framing;

    /**
     * A connection.
     *
     * @param framing what its messages are framed with, asked for each
     */
    protected PipeConnection(PipeReader reader, PipeWriter writer, Supplier<Framing> framing) {
        this.reader = reader;
        this.writer = writer;
        this.framing = framing;
    }

    @Override
    public void send(byte[] message, Consumer<@Nullable Throwable> done) {
        writer.write(framing.get(), message, done);
    }

    @Override
    public void read(boolean on) {
        reader.read(on);
    }

    @Override
    public ConnectionMemory memory() {
        return reader.memory();
    }

    @Override
    public boolean isWritable() {
        return writer.hasRoom();
    }

    @Override
    public void execute(Runnable task) {
        // The reader's thread waits for input.
        Guard.start("parley-jsonrpc", task, error -> close());
    }

    @Override
    public boolean isReader() {
        return reader.isReader();
    }

    @Override
    public String remoteAddress() {
        return "stdio";
    }
}
