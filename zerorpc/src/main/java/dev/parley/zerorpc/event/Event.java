package dev.parley.zerorpc.event;

import dev.parley.Limits;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An event that arrived, {@code [header, name, args]}: zerorpc's own header keys are read, the arguments are kept as
 * bytes. Immutable once parsed, so thread-safe if handed over safely.
 */
public final class Event {
    /** The result of a call. */
    public static final String OK = "OK";
    /** The failure of a call. */
    public static final String ERR = "ERR";
    /** An item of a stream. */
    public static final String STREAM = "STREAM";
    /** The end of a stream. */
    public static final String STREAM_DONE = "STREAM_DONE";
    /** A heartbeat. */
    public static final String HEARTBEAT = "_zpc_hb";
    /** A grant: how many further data events the sender accepts. */
    public static final String MORE = "_zpc_more";

    /** Header key: the id of the event. */
    public static final String MESSAGE_ID = "message_id";
    /** Header key: the protocol version. */
    public static final String VERSION = "v";
    /** Header key: the id of the event that opened the channel. */
    public static final String RESPONSE_TO = "response_to";
    /**
     * Header key of Parley's own: for how many milliseconds the caller waits. Other peers take it for a part of the
     * caller's context, or ignore it.
     */
    public static final String TIMEOUT = "timeout_ms";

    private static final String OVERLOADED =
            "too much memory is in use for messages to receive this one; try again later";
    private static final int MAX_ID_BYTES = 256;

    private final byte[] bytes;
    private @Nullable MessageId id;
    private @Nullable MessageId responseTo;
    private int version = 1;
    private long timeoutMillis;
    private String name = "";
    private int headerStart;
    private int headerEnd;
    private boolean extraHeaders;
    private int argsStart;
    private @Nullable String problem;
    private boolean overloaded;

    private Event(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads an event. Never fails: what is wrong with the event is its {@link #problem}. */
    public static Event parse(byte[] payload) {
        Event event = new Event(payload);
        MsgpackCursor cursor = new MsgpackCursor(payload, 0, payload.length);
        try {
            event.read(cursor);
        } catch (MsgpackException e) {
            event.problem = e.getMessage();
        }
        return event;
    }

    /**
     * Reads what it can of an event that exceeds the limit. Its {@link #problem} says so.
     *
     * @param beginning its first bytes
     * @param bytes the size of the message
     */
    public static Event tooLarge(byte[] beginning, long bytes, Limits limits) {
        Event event = parse(beginning);
        event.problem = "a message of " + bytes + " bytes exceeds the limit of " + limits.messageBytes() + " bytes";
        return event;
    }

    /**
     * Reads what it can of an event for which there is no memory. Its {@link #problem} says so.
     *
     * @param beginning its first bytes
     */
    public static Event overloaded(byte[] beginning) {
        Event event = parse(beginning);
        event.problem = OVERLOADED;
        event.overloaded = true;
        return event;
    }

    private void read(MsgpackCursor cursor) {
        if (cursor.peek() != MsgpackType.ARRAY) {
            problem = "an event is a list of header, name and arguments, not a value of type " + cursor.peek();
            return;
        }
        // The count is checked after the header, so that the error can be sent back.
        int count = cursor.readArrayHeader();
        if (count == 0) {
            problem = "an event is a list of header, name and arguments, not an empty list";
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
                        "the name of an event is text, not a value of type " + cursor.peek(), cursor.position());
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
                case TIMEOUT -> {
                    if (cursor.peek() == MsgpackType.INTEGER && !cursor.exceedsLong()) {
                        timeoutMillis = cursor.readLong();
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

    /** Its own id; {@code null} if it has none that can be sent back. */
    public @Nullable MessageId id() {
        return id;
    }

    /** The channel it belongs to; {@code null} if it opens one. */
    public @Nullable MessageId responseTo() {
        return responseTo;
    }

    /** The protocol version of the sender, 1 to 3. */
    public int version() {
        return version;
    }

    /** For how many milliseconds the caller waits; 0 or less if the header does not say. */
    public long timeoutMillis() {
        return timeoutMillis;
    }

    /** The name: that of a method, or one of the constants of this class; empty if it could not be read. */
    public String name() {
        return name;
    }

    /** Whether there are header keys besides zerorpc's own and {@value #TIMEOUT}. */
    public boolean hasExtraHeaders() {
        return extraHeaders;
    }

    /** The whole event, encoded. Not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the header starts. */
    public int headerStart() {
        return headerStart;
    }

    /** Where the header ends, exclusive. */
    public int headerEnd() {
        return headerEnd;
    }

    /** Where the arguments start; they end with the event. */
    public int argsStart() {
        return argsStart;
    }

    /** A new cursor on the arguments. */
    public MsgpackCursor args() {
        return new MsgpackCursor(bytes, argsStart, bytes.length);
    }

    /** The first argument as a whole number; 0 if it is not one. */
    public long number() {
        MsgpackCursor args = args();
        if (args.peek() == MsgpackType.ARRAY
                && args.readArrayHeader() > 0
                && args.peek() == MsgpackType.INTEGER
                && !args.exceedsLong()) {
            return args.readLong();
        }
        return 0;
    }

    /**
     * The {@link #problem} as an error of a call.
     *
     * @param prefix what the problem is of
     */
    public RpcException error(String prefix) {
        return overloaded ? new OverloadedException(prefix + problem) : new ProtocolException(prefix + problem);
    }

    /** What is wrong with the event; {@code null} if nothing is. */
    public @Nullable String problem() {
        return problem;
    }
}
