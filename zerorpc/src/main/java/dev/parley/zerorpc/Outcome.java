package dev.parley.zerorpc;

import dev.parley.ProtocolException;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.List;

/**
 * The result of a call, still encoded.
 *
 * @param bytes a message
 * @param start where the value starts in it
 */
@SuppressWarnings("ArrayRecordComponent")
record Outcome(byte[] bytes, int start) {
    /** The value of an OK event. */
    static Outcome of(Event ok, String method) {
        try {
            MsgpackCursor args = ok.args();
            if (args.peek() == MsgpackType.ARRAY && args.readArrayHeader() > 0) {
                return new Outcome(ok.bytes(), args.position());
            }
        } catch (MsgpackException e) {
            throw new ProtocolException("the answer to " + method + " is malformed: " + e.getMessage());
        }
        throw new ProtocolException("the answer to " + method + " is an OK event without a value");
    }

    /** The items of a stream as a list. */
    static Outcome of(List<Event> items) {
        MsgpackBuffer list = new MsgpackBuffer();
        list.writeArrayHeader(items.size());
        for (Event item : items) {
            list.write(item.bytes(), item.argsStart(), item.bytes().length - item.argsStart());
        }
        return new Outcome(list.toByteArray(), 0);
    }

    int length() {
        return bytes.length - start;
    }
}
