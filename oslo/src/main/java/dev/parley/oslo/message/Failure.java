package dev.parley.oslo.message;

import dev.parley.DeliveryException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.ErrorTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Failures on the wire: {@code {"class", "module", "message", "tb", "args", "kwargs"}} as JSON text. A name of module {@code builtins} is raised by a Python
 * caller as that exception; any other becomes its {@code RemoteError}.
 *
 * <p>Parley adds {@code code}, and {@code data} if there is any, which Python ignores, so that a Parley caller gets back the very error. Data with nothing but
 * {@code args} and {@code kwargs}, which is what an error of Python's comes in with, goes out as these, so that an error passed on is made anew as it was.
 */
public final class Failure {
    private static final Pattern BAD_ARGUMENTS = Pattern.compile(
            "\\S+\\(\\) (got an unexpected keyword argument|missing \\d+ required|takes .*argument|got multiple values).*");

    /** With what Python makes an exception anew. */
    private static final List<String> MADE_WITH = List.of("args", "kwargs");

    private static final int BRIEF = 200;

    private Failure() {}

    /** Without what may be long: for a caller whom the whole of it cannot reach. */
    public static String encodeBriefly(RpcException error, Codec codec) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        String brief = message.length() > BRIEF ? message.substring(0, BRIEF) + "…" : message;
        ErrorTable row = ErrorTable.of(error);
        return codec.text(Map.of(
                "class", row.remoteName(),
                "module", row.remoteModule(),
                "message", brief,
                "tb", List.of(),
                "args", List.of(brief),
                "kwargs", Map.of(),
                "code", row.code()));
    }

    public static String encode(RpcException error, Codec codec) {
        ErrorTable row = ErrorTable.of(error);
        String type = row.remoteName();
        String module = row.remoteModule();
        String message = error.getMessage() == null ? "" : error.getMessage();
        List<String> traceback = List.of();
        Map<String, @Nullable Object> failure = new LinkedHashMap<>();
        Object data = null;
        int code = row.code();
        if (error instanceof RemoteException remote) {
            if (!remote.type().equals(RemoteException.UNKNOWN_TYPE)) {
                type = remote.type();
                module = remote.module().orElse("builtins");
            }
            message = remote.remoteMessage();
            traceback = remote.traceback();
            data = remote.data().orElse(null);
            code = remote.code().orElse(code);
        }
        failure.put("class", type);
        failure.put("module", module);
        failure.put("message", message);
        failure.put("tb", traceback);
        failure.put("args", List.of(message));
        failure.put("kwargs", Map.of());
        failure.put("code", code);
        if (data instanceof Map<?, ?> made && !made.isEmpty() && MADE_WITH.containsAll(made.keySet())) {
            made.forEach((name, value) -> failure.put((String) name, value));
        } else if (data != null) {
            failure.put("data", data);
        }
        try {
            return codec.text(failure);
        } catch (JacksonException e) {
            // Data that cannot be encoded must not keep the failure from its caller.
            failure.remove("data");
            failure.put("args", List.of(message));
            failure.put("kwargs", Map.of());
            return codec.text(failure);
        }
    }

    public static RpcException decode(String text, ObjectMapper mapper) {
        JsonNode failure;
        try {
            failure = mapper.readTree(text);
        } catch (JacksonException e) {
            return RemoteException.of("the call failed, and the failure is no JSON: " + text);
        }
        String type = failure.path("class").asString("");
        String module = failure.path("module").asString("");
        String message = failure.path("message").asString("");
        JsonNode code = failure.path("code");
        RpcException known = code.isInt() ? ofParley(code.intValue(), message) : ofPython(type, module, message);
        if (known != null) {
            return known;
        }
        List<String> traceback = new ArrayList<>();
        failure.path("tb").forEach(line -> traceback.add(line.asString("")));
        RemoteException remote = RemoteException.of(type.isEmpty() ? RemoteException.UNKNOWN_TYPE : type, message)
                .withModule(module.isEmpty() ? null : module)
                .withTraceback(traceback);
        if (code.isInt() && code.intValue() != ErrorTable.REMOTE.code()) {
            remote = remote.withCode(code.intValue());
        }
        return remote.withData(data(failure, mapper));
    }

    /** What the peer says besides: Parley's data, else the arguments with which Python made the exception. */
    private static @Nullable Object data(JsonNode failure, ObjectMapper mapper) {
        if (failure.has("data")) {
            return mapper.convertValue(failure.path("data"), Object.class);
        }
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        for (String name : MADE_WITH) {
            if (!failure.path(name).isEmpty()) {
                made.put(name, mapper.convertValue(failure.path(name), Object.class));
            }
        }
        return made.isEmpty() ? null : made;
    }

    private static @Nullable RpcException ofParley(int code, String message) {
        return ErrorTable.ofCode(code)
                .filter(row -> row != ErrorTable.REMOTE)
                .map(row -> row.create(message))
                .orElse(null);
    }

    /** Names of oslo.messaging are its own errors; of Python's built-in ones just the one that means arguments that do not fit. */
    private static @Nullable RpcException ofPython(String type, String module, String message) {
        if (module.startsWith("oslo_messaging") || module.startsWith("openstack.common.rpc")) {
            return switch (type) {
                case "NoSuchMethod" -> new MethodNotFoundException(message);
                case "UnsupportedVersion", "UnsupportedRpcVersion" -> new UnsupportedVersionException(message);
                case "InvalidTarget" -> new InvalidTargetException(message);
                case "MessageDeliveryFailure", "MessageUndeliverable" -> new DeliveryException(message);
                default -> null;
            };
        }
        return type.equals("TypeError") && BAD_ARGUMENTS.matcher(message).matches()
                ? new InvalidArgumentsException(message)
                : null;
    }
}
