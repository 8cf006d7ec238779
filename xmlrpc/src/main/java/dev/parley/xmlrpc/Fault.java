package dev.parley.xmlrpc;

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
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.ErrorCodes;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;

/**
 * A fault, and what Parley's errors look like as one.
 *
 * @param code the {@code faultCode}
 * @param text the {@code faultString}
 * @param data what the peer sent, if code and text do not say all of it
 */
record Fault(int code, String text, @Nullable Object data) {
    /** How the servers of Python 3 and 2 word an exception. */
    private static final Pattern PYTHON =
            Pattern.compile("<(?:class|type) '(?:([\\w.]+)\\.)?(\\w+)'>:(.*)", Pattern.DOTALL);

    private static final Pattern PYTHON_NO_METHOD = Pattern.compile("method \".*\" is not supported", Pattern.DOTALL);

    /** How other servers say that they do not have a method: by code and text, since the codes alone are common ones. */
    private static final Map<Integer, Pattern> UNKNOWN_METHOD = Map.of(
            // xmlrpc-c, and rtorrent with it
            -506, Pattern.compile("(?i)method .*not defined|no such method"),
            // XmlRpc++: HomeMatic, ROS
            -1, Pattern.compile(": unknown method name$"),
            // Apache XML-RPC, XML-RPC.NET
            0, Pattern.compile("^No such handler: |^unsupported method called: "),
            // Ruby, supervisor, phpxmlrpc
            1, Pattern.compile("(?i)^Method .* missing or wrong number of parameters|^UNKNOWN_METHOD|^Unknown method$"),
            // Perl's RPC::XML
            200, Pattern.compile("(?i)unknown method"),
            // Zend
            620, Pattern.compile("^Method \".*\" does not exist"),
            // Twisted
            8001, Pattern.compile("^(?:procedure|function) .* not found|^no such sub-?[hH]andler "));

    /** The last line of a Python traceback, which Odoo sends as the whole text. */
    private static final Pattern TRACEBACK_END =
            Pattern.compile("(?:([A-Za-z_][\\w.]*)\\.)?([A-Za-z_]\\w*)(?:: (.*))?");

    private static final String TRACEBACK = "Traceback (most recent call last):";

    /** How Parley words an exception whose type is known; a name of one word may as well be the message's own. */
    private static final Pattern TYPED =
            Pattern.compile("([A-Za-z_]\\w*(?:Error|Exception)|[A-Z][a-z0-9]+[A-Z]\\w*): (.*)", Pattern.DOTALL);

    /** The code of a failed method. */
    private static final int APPLICATION_ERROR = -32500;

    private static final ErrorCodes CODES = FaultCodes.table(APPLICATION_ERROR);

    /** As Python calls what Parley's own errors mean. */
    private static final Map<Class<? extends RpcException>, String> PYTHON_TYPES = Map.of(
            InvalidArgumentsException.class, "TypeError",
            UnsupportedVersionException.class, "oslo_messaging.rpc.dispatcher.UnsupportedVersion",
            RpcTimeoutException.class, "TimeoutError",
            ConnectionLostException.class, "ConnectionError",
            DeliveryException.class, "oslo_messaging.exceptions.MessageDeliveryFailure",
            InvalidTargetException.class, "oslo_messaging.exceptions.InvalidTarget",
            ProtocolException.class, "ValueError",
            SerializationException.class, "TypeError",
            AccessDeniedException.class, "PermissionError",
            OverloadedException.class, "BlockingIOError");

    /** A fault of which code and text say all. */
    Fault(int code, String text) {
        this(code, text, null);
    }

    /**
     * The fault of an error.
     *
     * @param python whether to word it as Python's server does
     */
    static Fault of(RpcException error, boolean python) {
        if (python) {
            // As Python's Fault, which a method may raise itself: its code, and its text alone.
            Integer code = error instanceof RemoteException ? error.code() : null;
            return new Fault(code == null ? 1 : code, code == null ? pythonText(error) : ownText(error));
        }
        boolean unreadable = error instanceof ProtocolException && error.getCause() instanceof StreamReadException;
        int code = unreadable ? FaultCodes.PARSE_ERROR : CODES.of(error);
        // The codes that the interoperability set does not know are other servers' too: the name tells them apart.
        boolean named = error.code() == null && FaultCodes.isOwn(error);
        return new Fault(code, named ? ErrorCodes.name(error) + ": " + error.getMessage() : error.getMessage());
    }

    private static String ownText(RpcException error) {
        boolean typed =
                error instanceof RemoteException remote && !remote.type().equals(RemoteException.UNKNOWN_TYPE);
        return typed ? pythonText(error) : error.getMessage();
    }

    private static String pythonText(RpcException error) {
        return switch (error) {
            case RemoteException remote -> {
                boolean known = !remote.type().equals(RemoteException.UNKNOWN_TYPE);
                String module = remote.module() == null ? "builtins" : remote.module();
                yield "<class '" + qualified(module, known ? remote.type() : "Exception") + "'>:"
                        + remote.remoteMessage();
            }
            case MethodNotFoundException e -> "<class 'Exception'>:" + e.getMessage();
            default ->
                "<class '" + PYTHON_TYPES.getOrDefault(error.getClass(), "Exception") + "'>:" + error.getMessage();
        };
    }

    private static String qualified(String module, String type) {
        return module.isEmpty() || module.equals("builtins") ? type : module + "." + type;
    }

    /**
     * The fault of what a peer sent as its struct.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Fault of(@Nullable Object value) {
        if (value instanceof String text) {
            return new Fault(APPLICATION_ERROR, text);
        }
        Object code = value instanceof Map<?, ?> members ? member(members, "faultCode") : null;
        Object message = value instanceof Map<?, ?> members ? member(members, "faultString") : null;
        if (code == null && message == null) {
            throw new IllegalArgumentException("a fault must be a struct of faultCode and faultString");
        }
        String text = message == null ? "fault " + code + " without a text" : String.valueOf(message);
        if (code == null) {
            return new Fault(APPLICATION_ERROR, text, value);
        }
        try {
            int number = code instanceof Number given
                    ? new BigDecimal(given.toString()).intValueExact()
                    : Integer.parseInt(String.valueOf(code).strip());
            boolean whole = message != null && value instanceof Map<?, ?> members && members.size() == 2;
            return new Fault(number, text, whole ? null : value);
        } catch (NumberFormatException | ArithmeticException e) {
            // Python lets a server send any text for a code.
            return new Fault(APPLICATION_ERROR, text.isBlank() ? String.valueOf(code) : code + ": " + text, value);
        }
    }

    /** A member of a fault, in whatever case and with whatever white space around its name. */
    private static @Nullable Object member(Map<?, ?> members, String name) {
        Object exact = members.get(name);
        if (exact != null) {
            return exact;
        }
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if (String.valueOf(member.getKey()).strip().equalsIgnoreCase(name)) {
                return member.getValue();
            }
        }
        return null;
    }

    /** The error for this fault from a peer. */
    RpcException toException() {
        Pattern unknownMethod = UNKNOWN_METHOD.get(code);
        if (unknownMethod != null && unknownMethod.matcher(text).find()) {
            return new MethodNotFoundException(text, code, data);
        }
        Matcher python = PYTHON.matcher(text);
        if (python.matches()) {
            String type = python.group(2);
            String message = python.group(3);
            if (type.equals("Exception") && PYTHON_NO_METHOD.matcher(message).matches()) {
                return new MethodNotFoundException(message, code, data);
            }
            String module =
                    python.group(1) == null || python.group(1).equals("exceptions") ? "builtins" : python.group(1);
            return RemoteException.of(type, message)
                    .withModule(module)
                    .withCode(code)
                    .withData(data);
        }
        if (text.startsWith(TRACEBACK)) {
            RemoteException traced = traced(text.stripTrailing().lines().toList());
            if (traced != null) {
                return traced.withCode(code).withData(data);
            }
        }
        Matcher typed = TYPED.matcher(text);
        if (typed.matches()) {
            if (code == APPLICATION_ERROR) {
                return RemoteException.of(typed.group(1), typed.group(2))
                        .withCode(code)
                        .withData(data);
            }
            RpcException own = ErrorCodes.named(typed.group(1), typed.group(2), code, data);
            if (own != null && CODES.of(unnumbered(own)) == code) {
                return own;
            }
        }
        return CODES.error(code, text, data);
    }

    /** The exception that a traceback ends with; {@code null} if it ends otherwise. */
    private static @Nullable RemoteException traced(List<String> lines) {
        // The message may have several lines; the frames before it are indented.
        int last = lines.size() - 1;
        while (last > 0 && !lines.get(last - 1).startsWith(" ")) {
            last--;
        }
        Matcher end = TRACEBACK_END.matcher(lines.get(last));
        if (!end.matches()) {
            return null;
        }
        String message = String.join("\n", lines.subList(last, lines.size()))
                .substring(end.group(3) == null ? end.end() : end.start(3));
        return RemoteException.of(end.group(2), message.strip())
                .withModule(end.group(1) == null ? "builtins" : end.group(1))
                .withTraceback(lines);
    }

    /** An error of the same class without a code of its own. */
    private static RpcException unnumbered(RpcException error) {
        return Objects.requireNonNull(ErrorCodes.named(ErrorCodes.name(error), error.getMessage(), null, null));
    }
}
