package dev.parley.broker.management;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Sorting, paging and columns of lists, by the parameters of the query: {@code sort}, {@code sort_reverse},
 * {@code columns}, and where RabbitMQ pages also {@code page}, {@code page_size}, {@code name} and {@code use_regex}.
 * Stateless.
 */
final class Listing {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 500;

    private Listing() {}

    /** One object, with the columns that are asked for. */
    static Response one(ApiRequest request, Map<String, @Nullable Object> object) {
        return Response.ok(columns(request, object));
    }

    /** All objects, sorted. */
    static Response all(ApiRequest request, List<Map<String, @Nullable Object>> objects) {
        return Response.ok(select(request, sorted(request, objects)));
    }

    /** The page that is asked for, or if there is none all objects. */
    static Response paged(ApiRequest request, List<Map<String, @Nullable Object>> objects) {
        if (!request.query().containsKey("page")) {
            return all(request, objects);
        }
        int page = number(request, "page", 0);
        int size = number(request, "page_size", DEFAULT_PAGE_SIZE);
        if (page < 1 || size < 1 || size > MAX_PAGE_SIZE) {
            throw new ApiException(
                    400,
                    "invalid_pagination_parameters",
                    "Invalid pagination parameters: page number " + page + ", page size "
                            + (request.query().containsKey("page_size") ? size : "undefined"));
        }
        Predicate<String> filter = nameFilter(request);
        List<Map<String, @Nullable Object>> found = sorted(
                request,
                objects.stream()
                        .filter(object -> filter.test(String.valueOf(object.get("name"))))
                        .toList());
        long offset = (page - 1L) * size;
        if (offset > found.size()) {
            throw new ApiException(
                    400,
                    "page_out_of_range",
                    "Page out of range, page: " + page + " page size: " + size + ", len: " + found.size());
        }
        List<Object> items = select(request, found.subList((int) offset, (int) Math.min(found.size(), offset + size)));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("filtered_count", found.size());
        result.put("item_count", items.size());
        result.put("items", items);
        result.put("page", page);
        result.put("page_count", (found.size() + size - 1) / size);
        result.put("page_size", size);
        result.put("total_count", objects.size());
        return Response.ok(result);
    }

    private static int number(ApiRequest request, String name, int defaultValue) {
        try {
            String text = request.query().get(name);
            return text == null ? defaultValue : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid();
        }
    }

    private static ApiException invalid() {
        return ApiException.badRequest("Pagination parameters are invalid");
    }

    private static Predicate<String> nameFilter(ApiRequest request) {
        String name = request.query().getOrDefault("name", "");
        if (name.isEmpty()) {
            return any -> true;
        }
        if (!request.flag("use_regex")) {
            String part = name.toLowerCase(Locale.ROOT);
            return any -> any.toLowerCase(Locale.ROOT).contains(part);
        }
        try {
            Pattern pattern = Pattern.compile(name, Pattern.CASE_INSENSITIVE);
            return any -> pattern.matcher(any).find();
        } catch (PatternSyntaxException e) {
            throw invalid();
        }
    }

    private static List<Map<String, @Nullable Object>> sorted(
            ApiRequest request, List<Map<String, @Nullable Object>> objects) {
        String column = request.query().getOrDefault("sort", "");
        if (column.isEmpty()) {
            return objects;
        }
        String[] path = column.split("\\.");
        List<Map<String, @Nullable Object>> sorted = new ArrayList<>(objects);
        sorted.sort(Comparator.comparing(object -> value(object, path), Listing::compare));
        if (request.flag("sort_reverse")) {
            Collections.reverse(sorted);
        }
        return sorted;
    }

    private static @Nullable Object value(@Nullable Object object, String[] path) {
        Object value = object;
        for (String name : path) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }

    /** In the order of Erlang's terms: numbers, atoms (absent ones, booleans), anything else, strings. */
    private static int compare(@Nullable Object a, @Nullable Object b) {
        int ranks = Integer.compare(rank(a), rank(b));
        if (ranks != 0) {
            return ranks;
        }
        if (a instanceof Number one && b instanceof Number other) {
            return Double.compare(one.doubleValue(), other.doubleValue());
        }
        return String.valueOf(a).compareTo(String.valueOf(b));
    }

    private static int rank(@Nullable Object value) {
        return switch (value) {
            case Number n -> 0;
            case Boolean b -> 1;
            case null -> 1;
            case String s -> 3;
            default -> 2;
        };
    }

    private static List<Object> select(ApiRequest request, List<Map<String, @Nullable Object>> objects) {
        return objects.stream().map(object -> columns(request, object)).toList();
    }

    private static Object columns(ApiRequest request, Map<String, @Nullable Object> object) {
        String columns = request.query().getOrDefault("columns", "");
        if (columns.isEmpty()) {
            return object;
        }
        Map<String, @Nullable Object> selected = new LinkedHashMap<>();
        for (String column : columns.split(",")) {
            copy(object, selected, Arrays.asList(column.split("\\.")));
        }
        return selected;
    }

    @SuppressWarnings("unchecked") // The objects are made of maps with strings as keys.
    private static void copy(Map<String, @Nullable Object> from, Map<String, @Nullable Object> to, List<String> path) {
        String name = path.get(0);
        if (!from.containsKey(name)) {
            return;
        }
        Object value = from.get(name);
        if (path.size() == 1) {
            to.put(name, value);
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> inner =
                    (Map<String, @Nullable Object>) to.computeIfAbsent(name, key -> new LinkedHashMap<>());
            copy((Map<String, @Nullable Object>) map, inner, path.subList(1, path.size()));
        }
    }
}
