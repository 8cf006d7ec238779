package dev.parley.oslo.message;

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
 * <p>Parley adds {@code parley} with the name of an exception class of its own, and {@code code} and {@code data} if
 * there are any, so that a Parley caller gets the same error; Python ignores them. Data with only {@code args} and
 * {@code kwargs}, which is how an error from Python is decoded, is encoded as these, so that the next Python caller
 * raises the same exception.
 */
public final class Failure {
    private static final Pattern BAD_ARGUMENTS =
            Pattern.compile("\\S+\\(\\) (got an unexpected keyword argument|missing \\d+ required"
                    + "|takes .*argument|got multiple values).*");

    /** What Python constructs an exception with. */
    private static final List<String> CONSTRUCTOR_ARGUMENTS = List.of("args", "kwargs");

    private static final String BUILTINS = "builtins";

    /** Names of this module are oslo.messaging's own, and say which error of Parley's it is. */
    private static final String OSLO_MODULE = "oslo_messaging";

    /** The member with the class of an error of Parley's own. */
    private static final String PARLEY_CLASS = "parley";

    private static final int BRIEF_CHARS = 200;

    private Failure() {}

    /** The name and module of an error class in Python. */
    private record Name(String type, String module) {}

    private static Name name(RpcException error) {
        return switch (error) {
            case RemoteException remote ->
                remote.type().equals(RemoteException.UNKNOWN_TYPE)
                        ? new Name("Exception", BUILTINS)
                        : new Name(remote.type(), remote.module() == null ? BUILTINS : remote.module());
            case MethodNotFoundException e -> new Name("NoSuchMethod", "oslo_messaging.rpc.dispatcher");
            case UnsupportedVersionException e -> new Name("UnsupportedVersion", "oslo_messaging.rpc.dispatcher");
            case DeliveryException e -> new Name("MessageDeliveryFailure", "oslo_messaging.exceptions");
            case InvalidTargetException e -> new Name("InvalidTarget", "oslo_messaging.exceptions");
            case InvalidArgumentsException e -> new Name("TypeError", BUILTINS);
            case SerializationException e -> new Name("TypeError", BUILTINS);
            case RpcTimeoutException e -> new Name("TimeoutError", BUILTINS);
            case ConnectionLostException e -> new Name("ConnectionError", BUILTINS);
            case ProtocolException e -> new Name("ValueError", BUILTINS);
            case AccessDeniedException e -> new Name("PermissionError", BUILTINS);
            case OverloadedException e -> new Name("BlockingIOError", BUILTINS);
        };
    }

    /** Encodes a failure without anything that may be long, for when the whole failure exceeds the limit. */
    public static String encodeBriefly(RpcException error, Codec codec) {
        String message = error.getMessage();
        String brief = message.length() > BRIEF_CHARS ? message.substring(0, BRIEF_CHARS) + "…" : message;
        Name name = error instanceof RemoteException ? new Name("Exception", BUILTINS) : name(error);
        return codec.text(Map.of(
                "class",
                name.type(),
                "module",
                name.module(),
                "message",
                brief,
                "tb",
                List.of(),
                "args",
                List.of(brief),
                "kwargs",
                Map.of(),
                PARLEY_CLASS,
                ErrorCodes.name(error)));
    }

    /** Encodes a failure. */
    public static String encode(RpcException error, Codec codec) {
        Name name = name(error);
        RemoteException remote = error instanceof RemoteException e ? e : null;
        String message = remote == null ? error.getMessage() : remote.remoteMessage();
        Object data = error.data();
        Map<String, @Nullable Object> failure = new LinkedHashMap<>();
        failure.put("class", name.type());
        failure.put("module", name.module());
        failure.put("message", message);
        failure.put("tb", remote == null ? List.of() : remote.traceback());
        failure.put("args", List.of(message));
        failure.put("kwargs", Map.of());
        if (remote == null && !name.module().startsWith(OSLO_MODULE)) {
            failure.put(PARLEY_CLASS, ErrorCodes.name(error));
        }
        if (error.code() != null) {
            failure.put("code", error.code());
        }
        if (data instanceof Map<?, ?> made && !made.isEmpty() && CONSTRUCTOR_ARGUMENTS.containsAll(made.keySet())) {
            made.forEach((member, value) -> failure.put((String) member, value));
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
        Integer code = failure.path("code").isInt() ? failure.path("code").intValue() : null;
        Object data = data(failure, mapper);
        String own = failure.path(PARLEY_CLASS).asString("");
        RpcException known =
                own.isEmpty() ? ofPython(type, module, message, data) : ErrorCodes.named(own, message, code, data);
        if (known != null) {
            return known;
        }
        List<String> traceback = new ArrayList<>();
        failure.path("tb").forEach(line -> traceback.add(line.asString("")));
        RemoteException remote = RemoteException.of(type.isEmpty() ? RemoteException.UNKNOWN_TYPE : type, message)
                .withModule(module.isEmpty() ? null : module)
                .withTraceback(traceback)
                .withData(data);
        return code == null ? remote : remote.withCode(code);
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

    /** The errors of oslo.messaging itself, and the one built-in error of Python that means invalid arguments. */
    private static @Nullable RpcException ofPython(String type, String module, String message, @Nullable Object data) {
        if (module.startsWith(OSLO_MODULE) || module.startsWith("openstack.common.rpc")) {
            return switch (type) {
                case "NoSuchMethod" -> new MethodNotFoundException(message, null, data);
                case "UnsupportedVersion", "UnsupportedRpcVersion" ->
                    new UnsupportedVersionException(message, null, data);
                case "InvalidTarget" -> new InvalidTargetException(message, null, data);
                case "MessageDeliveryFailure", "MessageUndeliverable" -> new DeliveryException(message, null, data);
                default -> null;
            };
        }
        return type.equals("TypeError") && BAD_ARGUMENTS.matcher(message).matches()
                ? new InvalidArgumentsException(message, null, data)
                : null;
    }
}
