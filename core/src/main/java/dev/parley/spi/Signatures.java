package dev.parley.spi;

import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the introspection methods {@code system.methodSignature} and {@code system.methodHelp} return, in the
 * shapes of known servers. Stateless and thread-safe.
 */
public final class Signatures {
    private Signatures() {}

    /**
     * A method as a peer describes it. Parameters have no names there: they are {@code arg1}, {@code arg2}, …; those
     * that not all signatures have are optional.
     *
     * @param signatures a list of signatures, each a list of type names that begins with the result's; one such list
     *     (supervisor); or anything else, such as Python's {@code "signatures not supported"}, for unknown
     * @param help its description; anything but text for unknown
     */
    public static Method method(String name, @Nullable Object signatures, @Nullable Object help) {
        List<?> longest = List.of();
        int shortest = Integer.MAX_VALUE;
        if (signatures instanceof List<?> all) {
            List<?> each = !all.isEmpty() && all.getFirst() instanceof String ? List.of(all) : all;
            for (Object signature : each) {
                if (signature instanceof List<?> types && !types.isEmpty()) {
                    longest = types.size() > longest.size() ? types : longest;
                    shortest = Math.min(shortest, types.size());
                }
            }
        }
        List<Parameter> parameters = null;
        ValueType result = null;
        if (!longest.isEmpty()) {
            result = type(String.valueOf(longest.getFirst()));
            parameters = new ArrayList<>();
            for (int i = 1; i < longest.size(); i++) {
                ValueType type = type(String.valueOf(longest.get(i)));
                parameters.add(new Parameter("arg" + i, type, i < shortest, null, false));
            }
        }
        String doc = help instanceof String text && !text.isBlank() ? text.strip() : null;
        return new Method(name, null, null, parameters, result, doc);
    }

    /** The type behind a name in a signature, of XML-RPC, JSON or Python; {@code null} for another one. */
    public static @Nullable ValueType type(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "nil", "null", "none", "void" -> ValueType.NULL;
            case "boolean", "bool" -> ValueType.BOOLEAN;
            case "int", "i4", "i8", "i1", "i2", "ex:i8", "integer", "biginteger" -> ValueType.INTEGER;
            case "double", "float", "bigdecimal", "number" -> ValueType.NUMBER;
            case "string", "str" -> ValueType.STRING;
            case "base64", "binary", "bytes" -> ValueType.BINARY;
            case "datetime.iso8601", "datetime" -> ValueType.DATETIME;
            case "array", "list", "tuple" -> ValueType.ARRAY;
            case "struct", "object", "dict" -> ValueType.OBJECT;
            case "any", "undef" -> ValueType.ANY;
            default -> null;
        };
    }
}
