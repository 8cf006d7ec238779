package dev.parley.jsonrpc;

import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.spi.ErrorTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code error} of a response and Parley's errors.
 *
 * <p>The {@code data} of a failed method says its type, {@code {"type": "ValueError", "module": "builtins"}}, and the {@code traceback} if the server exposes
 * it; unless the method chose its own data.
 */
final class ErrorData {
    private static final Set<String> KNOWN = Set.of("type", "module", "traceback");

    private ErrorData() {}

    static @Nullable Object of(RemoteException error) {
        if (error.data().isPresent()) {
            return error.data().get();
        }
        Map<String, Object> data = new LinkedHashMap<>();
        if (!error.type().equals(RemoteException.UNKNOWN_TYPE)) {
            data.put("type", error.type());
            error.module().ifPresent(module -> data.put("module", module));
        }
        if (!error.traceback().isEmpty()) {
            data.put("traceback", error.traceback());
        }
        return data.isEmpty() ? null : data;
    }

    /**
     * The error that a response tells, whatever its shape.
     *
     * @param error the value of {@code error}: by the specification an object with code and message, in JSON-RPC 1.0 anything
     */
    static RpcException read(Object error) {
        if (!(error instanceof Map<?, ?> members)) {
            return RemoteException.of(String.valueOf(error));
        }
        Object message = members.get("message");
        // jsonrpclib and older servers write fault names of XML-RPC.
        String text = message == null
                ? String.valueOf(Objects.requireNonNullElse(members.get("faultString"), members))
                : String.valueOf(message);
        Object data = members.get("data");
        if (!(members.get("code") instanceof Number code) || code.intValue() != code.doubleValue()) {
            return withData(RemoteException.of(text), data);
        }
        return ErrorTable.fromCode(code.intValue(), text) instanceof RemoteException remote
                ? withData(remote.withCode(code.intValue()), data)
                : typed(code.intValue(), text, data);
    }

    private static RpcException typed(int code, String text, @Nullable Object data) {
        // Zabbix says in data what the message only names; without it the error would tell nothing.
        String all = data instanceof String detail && !text.contains(detail) ? text + " " + detail : text;
        return ErrorTable.fromCode(code, all);
    }

    private static RemoteException withData(RemoteException error, @Nullable Object data) {
        if (!(data instanceof Map<?, ?> members)
                || !KNOWN.containsAll(members.keySet())
                || !(members.get("type") instanceof String type)) {
            return data == null ? error : error.withData(data);
        }
        RemoteException typed = RemoteException.of(type, error.remoteMessage());
        if (error.code().isPresent()) {
            typed = typed.withCode(error.code().getAsInt());
        }
        if (members.get("module") instanceof String module) {
            typed = typed.withModule(module);
        }
        if (members.get("traceback") instanceof List<?> lines) {
            typed = typed.withTraceback(lines.stream().map(String::valueOf).toList());
        }
        return typed;
    }
}
