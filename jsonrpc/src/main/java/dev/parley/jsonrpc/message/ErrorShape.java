package dev.parley.jsonrpc.message;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What servers put into {@code error}, in the shapes of the specification, of JSON-RPC 1.0, of XML-RPC's faults, of
 * Stratum's arrays and of OVSDB; and what Zabbix, Odoo, mopidy, Kodi, json-rpc, jsonrpc4j and StreamJsonRpc put into its
 * {@code data}.
 *
 * @param code the code, if it is a whole number or the text of one
 * @param message the message alone
 * @param text the message and what the data says besides
 * @param type the type of the remote exception; {@code null} if the error names none
 * @param module the module of that type
 * @param traceback the remote traceback, line by line
 * @param data the data as it came
 */
record ErrorShape(
        @Nullable Integer code,
        String message,
        String text,
        @Nullable String type,
        @Nullable String module,
        List<String> traceback,
        @Nullable Object data) {
    /** More of the data's text is not put into a message; it stays in the data. */
    private static final int MAX_DETAIL = 500;

    /** Where the message is, in the order in which it is looked for. */
    private static final List<String> MESSAGES =
            List.of("message", "faultString", "msg", "error", "description", "reason", "detail");

    private static final List<String> TYPES =
            List.of("type", "exceptionTypeName", "exception_type", "exception", "class", "name");
    private static final List<String> TRACEBACKS = List.of("traceback", "debug", "stack", "stackTrace", "trace");

    /** A type as languages write it, with its module before the last dot, backslash or double colon. */
    private static final Pattern TYPE =
            Pattern.compile("(?:([A-Za-z_][\\w.$\\\\:]*)(?:\\.|\\\\|::))?([A-Za-z_][\\w$]*)");

    private static final Pattern TYPE_ENDING =
            Pattern.compile(".*(Error|Exception|Fault|Failure|Warning|Denied|Exit|Interrupt|Iteration)");

    static ErrorShape of(@Nullable Object error) {
        if (error instanceof List<?> list) {
            return ofList(list);
        }
        if (!(error instanceof Map<?, ?> members)) {
            String text = String.valueOf(error);
            return new ErrorShape(null, text, text, null, null, List.of(), null);
        }
        String message = first(members, MESSAGES);
        Object data = members.get("data");
        Object sentCode = members.get(members.get("code") == null ? "faultCode" : "code");
        Integer code = code(sentCode);
        // OVSDB has no data, but details.
        Object said = data == null ? members.get("details") : data;
        ErrorShape shape = of(code, message == null ? String.valueOf(members) : message, said);
        if (code != null || sentCode == null) {
            return shape;
        }
        // A code that is a word is the nearest thing to a type.
        String word = String.valueOf(sentCode);
        return shape.type == null && TYPE.matcher(word).matches()
                ? new ErrorShape(null, shape.message, shape.text, word, null, shape.traceback, data)
                : new ErrorShape(
                        null,
                        shape.message,
                        shape.text + " (code " + word + ")",
                        shape.type,
                        shape.module,
                        shape.traceback,
                        data);
    }

    /** Stratum: code, message, traceback. */
    private static ErrorShape ofList(List<?> list) {
        Integer code = list.isEmpty() ? null : code(list.getFirst());
        return code != null && list.size() > 1 && list.get(1) instanceof String message
                ? of(code, message, list.size() > 2 ? list.get(2) : null)
                : new ErrorShape(null, String.valueOf(list), String.valueOf(list), null, null, List.of(), list);
    }

    private static ErrorShape of(@Nullable Integer code, String message, @Nullable Object data) {
        if (data instanceof String text) {
            List<String> lines = lines(text);
            return lines.size() > 1
                    ? new ErrorShape(code, message, message, null, null, lines, data)
                    : new ErrorShape(code, message, joined(message, " ", text), null, null, List.of(), data);
        }
        if (!(data instanceof Map<?, ?> members)) {
            return new ErrorShape(code, message, message, null, null, List.of(), data);
        }
        List<String> traceback = List.of();
        for (String name : TRACEBACKS) {
            traceback = traceback.isEmpty() ? lines(members.get(name)) : traceback;
        }
        String said = first(members, MESSAGES);
        if (said == null && members.get("stack") instanceof Map<?, ?> stack) {
            said = first(stack, MESSAGES); // Kodi
        }
        String text = said == null ? message : joined(message, message.endsWith(".") ? " " : ": ", said);
        for (String name : TYPES) {
            // Without a traceback or a message beside it, the name of a kind could be the kind of anything.
            if (members.get(name) instanceof String named
                    && (isTypeName(named) || (!traceback.isEmpty() && !name.equals("name")))) {
                Matcher type = TYPE.matcher(named);
                if (type.matches()) {
                    String module = members.get("module") instanceof String given ? given : type.group(1);
                    return new ErrorShape(code, message, text, type.group(2), module, traceback, data);
                }
            }
        }
        return new ErrorShape(code, message, text, null, null, traceback, data);
    }

    /** Whether text looks like the name of an exception. */
    static boolean isTypeName(String text) {
        return TYPE.matcher(text).matches() && TYPE_ENDING.matcher(text).matches();
    }

    /** A traceback, sent as a list or as one text. */
    static List<String> lines(@Nullable Object traceback) {
        return switch (traceback) {
            case List<?> list -> list.stream().map(String::valueOf).toList();
            case String text
            when !text.isBlank() -> text.stripTrailing().lines().toList();
            case null, default -> List.of();
        };
    }

    /** Adds to a message what it does not say yet. Long hexadecimal data is none of it. */
    private static String joined(String message, String between, String detail) {
        String added = detail.strip();
        if (added.isEmpty() || message.contains(added) || added.matches("0x[0-9a-fA-F]+")) {
            return message;
        }
        String shown = added.length() > MAX_DETAIL ? added.substring(0, MAX_DETAIL) + "…" : added;
        return message.isEmpty() ? shown : message + between + shown;
    }

    private static @Nullable String first(Map<?, ?> members, List<String> names) {
        for (String name : names) {
            Object value = members.get(name);
            if (value instanceof String || value instanceof Number) {
                return String.valueOf(value);
            }
        }
        return null;
    }

    private static @Nullable Integer code(@Nullable Object code) {
        try {
            return switch (code) {
                case Number number -> new BigDecimal(number.toString()).intValueExact();
                case String text when text.strip().matches("[+-]?[0-9]{1,10}") -> Integer.valueOf(text.strip());
                case null, default -> null;
            };
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }
}
