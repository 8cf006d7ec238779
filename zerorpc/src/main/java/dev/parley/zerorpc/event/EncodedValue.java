package dev.parley.zerorpc.event;

import dev.parley.ProtocolException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResultReaders;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** A result or an item of a stream, still encoded: one MessagePack value in a message. Thread-safe. */
public final class EncodedValue implements EncodedResult {
    private final ObjectMapper mapper;
    private final byte[] bytes;
    private final int start;

    private EncodedValue(ObjectMapper mapper, byte[] bytes, int start) {
        this.mapper = mapper;
        this.bytes = bytes;
        this.start = start;
    }

    /**
     * The value of an OK event: the first element of its arguments.
     *
     * @throws ProtocolException if there is none
     */
    public static EncodedValue ofResult(Event ok, String method, ObjectMapper mapper) {
        try {
            MsgpackCursor args = ok.args();
            if (args.peek() == MsgpackType.ARRAY && args.readArrayHeader() > 0) {
                return new EncodedValue(mapper, ok.bytes(), args.position());
            }
        } catch (MsgpackException e) {
            throw new ProtocolException("the response to " + method + " is malformed: " + e.getMessage());
        }
        throw new ProtocolException("the response to " + method + " is an OK event without a value");
    }

    /** The value of a STREAM event: its arguments themselves. */
    public static EncodedValue ofItem(Event item, ObjectMapper mapper) {
        return new EncodedValue(mapper, item.bytes(), item.argsStart());
    }

    /** The items of a stream as a list. */
    public static EncodedValue ofItems(List<Event> items, ObjectMapper mapper) {
        MsgpackBuffer list = new MsgpackBuffer();
        list.writeArrayHeader(items.size());
        for (Event item : items) {
            list.write(item.bytes(), item.argsStart(), item.bytes().length - item.argsStart());
        }
        return new EncodedValue(mapper, list.toByteArray(), 0);
    }

    /** The MessagePack type of the value. */
    public MsgpackType type() {
        return new MsgpackCursor(bytes, start, bytes.length).peek();
    }

    @Override
    public @Nullable Object decode(ResultReaders readers, ClientCall call) {
        try (JsonParser parser = mapper.createParser(bytes, start, bytes.length - start)) {
            return readers.read(parser, call);
        }
    }
}
