package dev.parley.oslo.notify.bridge;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the payloads of requests have in common: which headers they leave out, and how they show exceptions. */
final class RequestMembers {
    /** Headers with credentials. A response has them too: {@code Set-Cookie}, and Keystone's new token. */
    static final Set<String> CREDENTIALS = Set.of(
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "x-auth-token",
            "x-service-token",
            "x-subject-token");

    private static final Pattern SECRET_PARAMETER = Pattern.compile(
            "(?<=^|&)([^=&]*(?:token|passw|secret|(?:api|access|private)[_-]?key|credential|signature)[^=&]*)=[^&]*",
            Pattern.CASE_INSENSITIVE);

    private RequestMembers() {}

    /** Names in lower case, in any order. */
    static Set<String> lowerCase(Collection<String> names) {
        return names.stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names in a list with commas. */
    static List<String> split(@Nullable String list) {
        return list == null ? List.of() : Arrays.asList(list.split(","));
    }

    /** A query without the values of parameters whose names tell that they are secret. */
    static String maskQuery(String query) {
        return SECRET_PARAMETER.matcher(query).replaceAll("$1=***");
    }

    /** The members of an exception, as oslo.messaging has them. */
    static Map<String, Object> exception(Throwable error) {
        List<String> trace =
                Arrays.stream(error.getStackTrace()).map(frame -> "at " + frame).toList();
        return Map.of("value", error.toString(), "traceback", trace);
    }
}
