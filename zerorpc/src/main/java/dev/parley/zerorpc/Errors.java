package dev.parley.zerorpc;

import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.spi.ErrorTable;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * ERR events. Their arguments are name, message and traceback; before protocol version 2 just one text. Between Parley peers a further header key carries the
 * error's code, so that each class of {@link ErrorTable} arrives as itself; other peers keep such keys without a look.
 */
final class Errors {
    private static final String CODE = "parley_code";
    /** Python's name for a name that is not there, with the method's name for message. */
    private static final String NAME_ERROR = "NameError";

    private Errors() {}

    static MsgpackBuffer write(EventWriter writer, MessageId channel, int version, String method, RpcException error) {
        OptionalInt code = code(error);
        MsgpackBuffer out = writer.event(channel, Event.ERR, code.isPresent() ? CODE : null, code.orElse(0));
        String name = name(error);
        String message = switch (error) {
            case MethodNotFoundException e -> method;
            case RemoteException e -> e.remoteMessage();
            default -> String.valueOf(error.getMessage());
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

    private static String name(RpcException error) {
        if (error instanceof MethodNotFoundException) {
            return NAME_ERROR;
        }
        return error instanceof RemoteException remote && !remote.type().equals(RemoteException.UNKNOWN_TYPE)
                ? remote.type()
                : ErrorTable.of(error).remoteName();
    }

    private static OptionalInt code(RpcException error) {
        return error instanceof RemoteException remote
                ? remote.code()
                : OptionalInt.of(ErrorTable.of(error).code());
    }

    /** The error that an ERR event tells. */
    static RpcException read(Event event, String method) {
        try {
            List<String> texts = texts(event.args());
            if (texts.isEmpty()) {
                return new ProtocolException("the answer to " + method + " is an ERR event without a text");
            }
            if (texts.size() == 1) {
                return old(texts.getFirst());
            }
            return error(texts, code(event), method);
        } catch (MsgpackException e) {
            return new ProtocolException("the answer to " + method + " is a malformed ERR event: " + e.getMessage());
        }
    }

    private static RpcException error(List<String> texts, OptionalInt code, String method) {
        String name = texts.get(0);
        String message = texts.get(1);
        if (name.equals(NAME_ERROR) && message.equals(method)) {
            return new MethodNotFoundException("the peer has no method " + method);
        }
        Optional<ErrorTable> row = code.isPresent() ? ErrorTable.ofCode(code.getAsInt()) : Optional.empty();
        if (row.isPresent() && row.get() != ErrorTable.REMOTE) {
            return row.get().create(message);
        }
        RemoteException remote = RemoteException.of(name, message).withTraceback(traceback(texts));
        return code.isPresent() ? remote.withCode(code.getAsInt()) : remote;
    }

    private static List<String> traceback(List<String> texts) {
        if (texts.size() < 3 || texts.get(2).equals(texts.get(0) + ": " + texts.get(1) + "\n")) {
            return List.of();
        }
        return texts.get(2).lines().map(line -> line + "\n").toList();
    }

    private static RpcException old(String repr) {
        int parenthesis = repr.indexOf('(');
        boolean typed = parenthesis > 0 && repr.substring(0, parenthesis).matches("[A-Za-z_][A-Za-z0-9_.]*");
        return RemoteException.of(typed ? repr.substring(0, parenthesis) : RemoteException.UNKNOWN_TYPE, repr);
    }

    private static List<String> texts(MsgpackCursor args) {
        List<String> texts = new ArrayList<>();
        int count = args.readArrayHeader();
        for (int i = 0; i < count; i++) {
            switch (args.peek()) {
                case STRING -> texts.add(args.readString());
                case BINARY -> texts.add(args.text(args.readBinaryHeader()));
                default -> {
                    args.skipValue();
                    if (i < 2) {
                        texts.add("");
                    }
                }
            }
        }
        return texts;
    }

    private static OptionalInt code(Event event) {
        if (!event.hasExtraHeaders()) {
            return OptionalInt.empty();
        }
        MsgpackCursor header = new MsgpackCursor(event.bytes(), event.headerStart(), event.headerEnd());
        int pairs = header.readMapHeader();
        for (int i = 0; i < pairs; i++) {
            boolean here = false;
            if (header.peek() == MsgpackType.STRING) {
                here = header.readString().equals(CODE);
            } else {
                header.skipValue();
            }
            if (here && header.peek() == MsgpackType.INTEGER) {
                return OptionalInt.of((int) header.readLong());
            }
            header.skipValue();
        }
        return OptionalInt.empty();
    }
}
