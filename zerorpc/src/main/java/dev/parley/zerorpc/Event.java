package dev.parley.zerorpc;

import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One event as it came, {@code [header, name, args]}: the header's own keys read, the arguments left as bytes. Not thread-safe. */
final class Event {
    static final String OK = "OK";
    static final String ERR = "ERR";
    static final String STREAM = "STREAM";
    static final String STREAM_DONE = "STREAM_DONE";
    static final String HEARTBEAT = "_zpc_hb";
    static final String MORE = "_zpc_more";

    static final String MESSAGE_ID = "message_id";
    static final String VERSION = "v";
    static final String RESPONSE_TO = "response_to";

    private static final int MAX_ID_BYTES = 256;

    private final byte[] bytes;
    private @Nullable MessageId id;
    private @Nullable MessageId responseTo;
    private int version = 1;
    private String name = "";
    private int headerStart;
    private int headerEnd;
    private boolean extraHeaders;
    private int argsStart;
    private @Nullable String problem;

    private Event(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads an event. It never fails: what is wrong with it is its {@link #problem}. */
    static Event parse(byte[] payload) {
        Event event = new Event(payload);
        MsgpackCursor cursor = new MsgpackCursor(payload, 0, payload.length);
        try {
            event.read(cursor);
        } catch (MsgpackException e) {
            event.problem = e.getMessage();
        }
        return event;
    }

    /** Reads what it can of an event whose end is missing. */
    static Event parseBeginning(byte[] payload, String problem) {
        Event event = parse(payload);
        event.problem = problem;
        return event;
    }

    private void read(MsgpackCursor cursor) {
        if (cursor.peek() != MsgpackType.ARRAY) {
            problem = "an event is a list of header, name and arguments, not a value of kind " + cursor.peek();
            return;
        }
        // The count is looked at after the header, so that the sender can be told.
        int count = cursor.readArrayHeader();
        if (count == 0) {
            problem = "an event is a list of header, name and arguments, this list is empty";
            return;
        }
        header(cursor);
        if (count != 3) {
            problem = "an event has 3 elements (header, name, arguments), not " + count;
            return;
        }
        name = switch (cursor.peek()) {
            case STRING -> cursor.readString();
            case BINARY -> cursor.text(cursor.readBinaryHeader());
            default ->
                throw new MsgpackException(
                        "the name of an event is text, not a value of kind " + cursor.peek(), cursor.position());
        };
        argsStart = cursor.position();
        cursor.skipValue();
        if (!cursor.atEnd()) {
            problem = "bytes follow the event";
        }
    }

    private void header(MsgpackCursor cursor) {
        headerStart = cursor.position();
        int pairs = cursor.readMapHeader();
        for (int i = 0; i < pairs; i++) {
            switch (key(cursor)) {
                case MESSAGE_ID -> id = id(cursor);
                case RESPONSE_TO -> responseTo = id(cursor);
                case VERSION -> {
                    if (cursor.peek() == MsgpackType.INTEGER) {
                        version = (int) Math.max(1, Math.min(3, cursor.readLong()));
                    } else {
                        cursor.skipValue();
                    }
                }
                default -> {
                    extraHeaders = true;
                    cursor.skipValue();
                }
            }
        }
        headerEnd = cursor.position();
    }

    private static String key(MsgpackCursor cursor) {
        return switch (cursor.peek()) {
            case STRING -> cursor.readString();
            case BINARY -> cursor.text(cursor.readBinaryHeader());
            default -> {
                cursor.skipValue();
                yield "";
            }
        };
    }

    private @Nullable MessageId id(MsgpackCursor cursor) {
        MsgpackType type = cursor.peek();
        int start = cursor.position();
        cursor.skipValue();
        int end = cursor.position();
        boolean fits = type != MsgpackType.NIL
                && type != MsgpackType.ARRAY
                && type != MsgpackType.MAP
                && end - start <= MAX_ID_BYTES;
        return fits ? new MessageId(Arrays.copyOfRange(bytes, start, end)) : null;
    }

    /** Its own id; {@code null} if it has none that can be echoed. */
    @Nullable
    MessageId id() {
        return id;
    }

    /** The channel it belongs to; {@code null} if it opens one. */
    @Nullable
    MessageId responseTo() {
        return responseTo;
    }

    /** The protocol version of the sender, 1 to 3. */
    int version() {
        return version;
    }

    String name() {
        return name;
    }

    /** Whether there are header keys besides zerorpc's own. */
    boolean hasExtraHeaders() {
        return extraHeaders;
    }

    byte[] bytes() {
        return bytes;
    }

    int headerStart() {
        return headerStart;
    }

    int headerEnd() {
        return headerEnd;
    }

    int argsStart() {
        return argsStart;
    }

    /** A cursor on the arguments. */
    MsgpackCursor args() {
        return new MsgpackCursor(bytes, argsStart, bytes.length);
    }

    /** The first argument as a whole number; 0 if it is none. */
    long number() {
        MsgpackCursor args = args();
        if (args.peek() == MsgpackType.ARRAY
                && args.readArrayHeader() > 0
                && args.peek() == MsgpackType.INTEGER
                && !args.exceedsLong()) {
            return args.readLong();
        }
        return 0;
    }

    /** What is wrong with it; {@code null} if nothing is. */
    @Nullable
    String problem() {
        return problem;
    }
}
