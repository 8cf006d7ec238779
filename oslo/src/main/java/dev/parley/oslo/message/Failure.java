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
 * Encodes and decodes failures: {@code {"class", "module", "message", "tb", "args", "kwargs"}} as JSON text. A Python
 * caller raises a class of module {@code builtins} as that exception, and any other as {@code RemoteError}. Safe for
 * use by any thread.
 *
 * <p>Parley adds {@code code}, and {@code data} if there is any, so that a Parley caller gets the same error; Python
 * ignores both. Data with only {@code args} and {@code kwargs}, which is how an error from Python is decoded, is
 * encoded as these, so that the next Python caller raises the same exception.
 */
public final class Failure {
    private static final Pattern BAD_ARGUMENTS =
            Pattern.compile("\\S+\\(\\) (got an unexpected keyword argument|missing \\d+ required"
                    + "|takes .*argument|got multiple values).*");

    /** What Python constructs an exception with. */
    private static final List<String> CONSTRUCTOR_ARGUMENTS = List.of("args", "kwargs");

    private static final int BRIEF_CHARS = 200;

    private Failure() {}

    /** Encodes a failure without anything that may be long, for when the whole failure exceeds the limit. */
    public static String encodeBriefly(RpcException error, Codec codec) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        String brief = message.length() > BRIEF_CHARS ? message.substring(0, BRIEF_CHARS) + "…" : message;
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

    /** Encodes a failure. */
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
        if (data instanceof Map<?, ?> made && !made.isEmpty() && CONSTRUCTOR_ARGUMENTS.containsAll(made.keySet())) {
            made.forEach((name, value) -> failure.put((String) name, value));
        } else if (data != null) {
            failure.put("data", data);
        }
        try {
            return codec.text(failure);
        } catch (JacksonException e) {
            // Data that cannot be encoded must not prevent the failure from being sent.
            failure.remove("data");
            failure.put("args", List.of(message));
            failure.put("kwargs", Map.of());
            return codec.text(failure);
        }
    }

    /** Decodes a failure. Never throws: a text that is not valid JSON becomes the message of the result. */
    public static RpcException decode(String text, ObjectMapper mapper) {
        JsonNode failure;
        try {
            failure = mapper.readTree(text);
        } catch (JacksonException e) {
            return RemoteException.of("the call failed, and its failure is not valid JSON: " + text);
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

    /**
     * Further data of the failure: Parley's own, otherwise the arguments that Python constructed the exception with.
     */
    private static @Nullable Object data(JsonNode failure, ObjectMapper mapper) {
        if (failure.has("data")) {
            return mapper.convertValue(failure.path("data"), Object.class);
        }
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        for (String name : CONSTRUCTOR_ARGUMENTS) {
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

    /** The errors of oslo.messaging itself, and the one built-in error of Python that means invalid arguments. */
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
