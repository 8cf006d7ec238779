package dev.parley.broker.management;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the first line of a request names. Immutable.
 *
 * @param path the parts of the path after {@code /api/}, decoded
 * @param query the parameters by name, decoded; of several with one name the first
 */
record RequestTarget(List<String> path, Map<String, String> query) {
    /**
     * Parses a target.
     *
     * @throws ApiException if it is malformed, or not of the API
     */
    static RequestTarget parse(String target) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        // A slash at the end is ignored, as by RabbitMQ.
        List<String> parts = Arrays.asList(path.split("/"));
        if (parts.size() < 3 || !parts.get(0).isEmpty() || !parts.get(1).equals("api")) {
            throw ApiException.notFound();
        }
        Map<String, String> query = new LinkedHashMap<>();
        if (question >= 0) {
            for (String parameter : target.substring(question + 1).split("&")) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                String value = equals < 0 ? "" : parameter.substring(equals + 1);
                query.putIfAbsent(decode(name, true), decode(value, true));
            }
        }
        return new RequestTarget(
                parts.subList(2, parts.size()).stream()
                        .map(part -> decode(part, false))
                        .toList(),
                query);
    }

    /** Decodes percent-encoding; in a query, but not in a path, a plus is a space. */
    private static String decode(String text, boolean query) {
        if (text.indexOf('%') < 0 && (!query || text.indexOf('+') < 0)) {
            return text;
        }
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(octets.length);
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '%') {
                int high = i + 2 < octets.length ? Character.digit(octets[i + 1], 16) : -1;
                int low = i + 2 < octets.length ? Character.digit(octets[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw ApiException.badRequest("a % that two hexadecimal digits do not follow: " + text);
                }
                decoded.write(high << 4 | low);
                i += 2;
            } else {
                decoded.write(query && octets[i] == '+' ? ' ' : octets[i]);
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }
}
