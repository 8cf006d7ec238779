package dev.parley.zerorpc.event;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.ErrorCodes;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * ERR events. Their arguments are name, message and traceback; before protocol version 2 just one text. Between Parley
 * peers two further header keys carry what these lack: {@value #CLASS} the class of the error, unless it is
 * {@link RemoteException}, and {@value #CODE} the error's own code. Other peers ignore them. An error's data does not
 * travel. Stateless and thread-safe.
 */
public final class Errors {
    /** Header key: {@link ErrorCodes#name} of the error. */
    static final String CLASS = "parley_error";
    /** Header key: {@link RpcException#code()}. */
    static final String CODE = "parley_code";

    /** Python's exception for an unknown name. Its message is the method's name. */
    private static final String NAME_ERROR = "NameError";

    private Errors() {}

    /**
     * Writes an ERR event. The traceback is the remote one of a {@link RemoteException}; for other errors it is name
     * and message in one line.
     *
     * @param version the protocol version of the caller, 1 to 3
     */
    public static MsgpackBuffer write(
            EventWriter writer, MessageId channel, int version, String method, RpcException error) {
        MsgpackBuffer out =
                writer.error(channel, error instanceof RemoteException ? null : ErrorCodes.name(error), error.code());
        String name = name(error);
        String message = switch (error) {
            case MethodNotFoundException e -> method;
            case RemoteException e -> e.remoteMessage();
            default -> error.getMessage();
        };
        if (version < 2) {
            out.writeArrayHeader(1);
            out.writeString(name + "('" + message.replace("\\", "\\\\").replace("'", "\\'") + "')");
            return out;
        }
        String trace = error instanceof RemoteException e ? String.join("", e.traceback()) : "";
        out.writeArrayHeader(3);
        out.writeString(name);
        out.writeString(message);
        // Python shows the traceback in place of the message, so it is never left empty.
        out.writeString(trace.isEmpty() ? name + ": " + message + "\n" : trace);
        return out;
    }

    /** The name under which a Python peer knows the error. */
    private static String name(RpcException error) {
        return switch (error) {
            case RemoteException e -> e.type().equals(RemoteException.UNKNOWN_TYPE) ? "Exception" : e.type();
            case MethodNotFoundException e -> NAME_ERROR;
            case InvalidArgumentsException e -> "TypeError";
            case UnsupportedVersionException e -> "UnsupportedVersion";
            case RpcTimeoutException e -> "TimeoutError";
            case ConnectionLostException e -> "ConnectionError";
            case DeliveryException e -> "MessageDeliveryFailure";
            case InvalidTargetException e -> "InvalidTarget";
            case ProtocolException e -> "ValueError";
            case SerializationException e -> "TypeError";
            case AccessDeniedException e -> "PermissionError";
            case OverloadedException e -> "BlockingIOError";
        };
    }

    /**
     * The error of an ERR event, a new one each time: of the class that a Parley peer wrote into the header, else
     * {@link MethodNotFoundException} for Python's NameError of the method, else a {@link RemoteException}. If the
     * event is malformed, a {@link ProtocolException}.
     */
    public static RpcException read(Event event, String method) {
        try {
            List<String> texts = texts(event.args());
            if (texts.isEmpty()) {
                return new ProtocolException("the response to " + method + " is an ERR event without a text");
            }
            if (texts.size() == 1) {
                return version1(texts.getFirst());
            }
            return error(texts, Header.of(event), method);
        } catch (MsgpackException e) {
            return new ProtocolException("the response to " + method + " is a malformed ERR event: " + e.getMessage());
        }
    }

    private static RpcException error(List<String> texts, Header header, String method) {
        String name = texts.get(0);
        String message = texts.get(1);
        Integer code = header.code();
        if (name.equals(NAME_ERROR) && message.equals(method)) {
            return new MethodNotFoundException("the peer has no method " + method, code, null);
        }
        String className = header.className();
        RpcException own = className == null ? null : ErrorCodes.named(className, message, code, null);
        if (own != null) {
            return own;
        }
        RemoteException remote = RemoteException.of(name, message).withTraceback(traceback(texts));
        return code == null ? remote : remote.withCode(code);
    }

    private static List<String> traceback(List<String> texts) {
        if (texts.size() < 3 || texts.get(2).equals(texts.get(0) + ": " + texts.get(1) + "\n")) {
            return List.of();
        }
        return texts.get(2).lines().map(line -> line + "\n").toList();
    }

    private static RpcException version1(String repr) {
        int parenthesis = repr.indexOf('(');
        boolean typed = parenthesis > 0 && repr.substring(0, parenthesis).matches("[A-Za-z_][A-Za-z0-9_.]*");
        return RemoteException.of(typed ? repr.substring(0, parenthesis) : RemoteException.UNKNOWN_TYPE, repr);
    }

    private static List<String> texts(MsgpackCursor args) {
        List<String> texts = new ArrayList<>();
        int count = args.readArrayHeader();
        for (int i = 0; i < count; i++) {
            String text = text(args);
            if (text != null || i < 2) {
                texts.add(Objects.requireNonNullElse(text, ""));
            }
        }
        return texts;
    }

    /** Reads a value; {@code null} if it is not a text. */
    private static @Nullable String text(MsgpackCursor cursor) {
        return switch (cursor.peek()) {
            case STRING -> cursor.readString();
            case BINARY -> cursor.text(cursor.readBinaryHeader());
            default -> {
                cursor.skipValue();
                yield null;
            }
        };
    }

    /**
     * What a Parley peer adds to the header.
     *
     * @param className the value of {@link #CLASS}
     * @param code the value of {@link #CODE}
     */
    private record Header(
            @Nullable String className, @Nullable Integer code) {
        private static final Header NONE = new Header(null, null);

        static Header of(Event event) {
            if (!event.hasExtraHeaders()) {
                return NONE;
            }
            MsgpackCursor header = new MsgpackCursor(event.bytes(), event.headerStart(), event.headerEnd());
            String className = null;
            Integer code = null;
            int pairs = header.readMapHeader();
            for (int i = 0; i < pairs; i++) {
                String key = text(header);
                if (CLASS.equals(key)) {
                    className = text(header);
                } else if (CODE.equals(key) && header.peek() == MsgpackType.INTEGER && !header.exceedsLong()) {
                    long number = header.readLong();
                    code = number == (int) number ? Integer.valueOf((int) number) : null;
                } else {
                    header.skipValue();
                }
            }
            return new Header(className, code);
        }
    }
}
