package dev.parley.net.http.client;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.Headers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes request heads. The part that all requests of a client share is prepared once. Immutable and thread-safe. */
final class RequestHead {
    private final String target;
    private final String start;
    private final Headers headers;
    private final String common;
    private final String authorization;

    RequestHead(Origin origin, Headers headers) {
        this.target = origin.isForwarded() ? "http://" + origin.authority() + origin.target : origin.target;
        StringBuilder text = new StringBuilder(" HTTP/1.1\r\n");
        append(text, "Host", origin.authority());
        append(text, "Accept-Encoding", "gzip, deflate");
        BasicCredentials proxyUser =
                origin.isForwarded() && origin.proxy != null ? BasicCredentials.of(origin.proxy) : null;
        if (proxyUser != null) {
            append(text, "Proxy-Authorization", proxyUser.toHeader());
        }
        this.start = text.toString();
        this.headers = headers;
        this.common = fields(Headers.empty());
        this.authorization = headers.contains("Authorization") ? "" : authorization(origin.authorization);
    }

    /** The client's fields, without those of a request that replace them. */
    private String fields(Headers replacing) {
        StringBuilder text = new StringBuilder();
        headers.forEach((name, value) -> {
            if (!replacing.contains(name)) {
                append(text, name, value);
            }
        });
        return text.toString();
    }

    private static String authorization(@Nullable String value) {
        StringBuilder text = new StringBuilder();
        if (value != null) {
            append(text, "Authorization", value);
        }
        return text.toString();
    }

    /** The head of one request; with the client's {@code Authorization} if wanted. */
    byte[] bytes(String method, Headers own, int length, boolean authorize) {
        StringBuilder text = new StringBuilder(
                target.length() + start.length() + common.length() + authorization.length() + 64 + own.size() * 40);
        text.append(method).append(' ').append(target).append(start).append(own.size() == 0 ? common : fields(own));
        if (authorize && !own.contains("Authorization")) {
            text.append(authorization);
        }
        own.forEach((name, value) -> append(text, name, value));
        if (length > 0 || !method.equals("GET")) {
            text.append("Content-Length: ").append(length).append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
}
