package dev.parley.xmlrpc;

import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.spi.ErrorTable;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;

/**
 * A fault, and what Parley's errors look like as one.
 *
 * @param code the {@code faultCode}
 * @param text the {@code faultString}
 */
record Fault(int code, String text) {
    /** How the servers of Python 3 and 2 word an exception. */
    private static final Pattern PYTHON =
            Pattern.compile("<(?:class|type) '(?:([\\w.]+)\\.)?(\\w+)'>:(.*)", Pattern.DOTALL);

    private static final Pattern PYTHON_NO_METHOD = Pattern.compile("method \".*\" is not supported", Pattern.DOTALL);

    /** How Parley words an exception whose type is known; a name of one word may as well be the message's own. */
    private static final Pattern TYPED =
            Pattern.compile("([A-Za-z_]\\w*(?:Error|Exception)|[A-Z][a-z0-9]+[A-Z]\\w*): (.*)", Pattern.DOTALL);

    /**
     * The fault of an error.
     *
     * @param python whether to word it as Python's server does
     */
    static Fault of(RpcException error, boolean python) {
        ErrorTable row = ErrorTable.of(error);
        String message = String.valueOf(error.getMessage());
        if (python) {
            return new Fault(1, pythonText(error, row, message));
        }
        if (error instanceof RemoteException remote) {
            return new Fault(remote.code().orElse(ErrorTable.APPLICATION_ERROR), message);
        }
        boolean unreadable = row == ErrorTable.PROTOCOL && error.getCause() instanceof StreamReadException;
        return new Fault(unreadable ? ErrorTable.PARSE_ERROR : row.code(), message);
    }

    private static String pythonText(RpcException error, ErrorTable row, String message) {
        if (error instanceof MethodNotFoundException) {
            return "<class 'Exception'>:" + message;
        }
        if (error instanceof RemoteException remote) {
            boolean known = !remote.type().equals(RemoteException.UNKNOWN_TYPE);
            return "<class '" + qualified(remote.module().orElse("builtins"), known ? remote.type() : "Exception")
                    + "'>:" + remote.remoteMessage();
        }
        return "<class '" + qualified(row.remoteModule(), row.remoteName()) + "'>:" + message;
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
        if (!(value instanceof Map<?, ?> members)
                || !members.containsKey("faultCode")
                || !members.containsKey("faultString")) {
            throw new IllegalArgumentException("a fault must be a struct of faultCode and faultString");
        }
        Object code = members.get("faultCode");
        String text = String.valueOf(members.get("faultString"));
        if (code instanceof Number number) {
            return new Fault(number.intValue(), text);
        }
        try {
            return new Fault(Integer.parseInt(String.valueOf(code).strip()), text);
        } catch (NumberFormatException e) {
            // Python lets a server send any text for a code.
            return new Fault(ErrorTable.APPLICATION_ERROR, code + ": " + text);
        }
    }

    /** The error for this fault from a peer. */
    RpcException toException() {
        Matcher python = PYTHON.matcher(text);
        if (python.matches()) {
            String type = python.group(2);
            String message = python.group(3);
            if (type.equals("Exception") && PYTHON_NO_METHOD.matcher(message).matches()) {
                return new MethodNotFoundException(message);
            }
            String module =
                    python.group(1) == null || python.group(1).equals("exceptions") ? "builtins" : python.group(1);
            return RemoteException.of(type, message).withModule(module).withCode(code);
        }
        if (code == ErrorTable.APPLICATION_ERROR) {
            Matcher typed = TYPED.matcher(text);
            if (typed.matches()) {
                return RemoteException.of(typed.group(1), typed.group(2)).withCode(code);
            }
        }
        return ErrorTable.fromCode(code, text);
    }
}
