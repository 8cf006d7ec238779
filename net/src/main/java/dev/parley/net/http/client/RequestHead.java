package dev.parley.net.http.client;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.Headers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes request heads. The part that all requests of a client share is prepared once. Immutable and thread-safe. */
final class RequestHead {
    private final String target;
    private final String common;
    private final String authorization;

    RequestHead(Origin origin, Headers headers) {
        this.target = origin.isForwarded() ? "http://" + origin.authority() + origin.target : origin.target;
        StringBuilder text = new StringBuilder(" HTTP/1.1\r\n");
        append(text, "Host", origin.authority());
        append(text, "Accept-Encoding", "gzip, deflate");
        if (!headers.contains("User-Agent")) {
            append(text, "User-Agent", "Parley");
        }
        BasicCredentials proxyUser =
                origin.isForwarded() && origin.proxy != null ? BasicCredentials.of(origin.proxy) : null;
        if (proxyUser != null) {
            append(text, "Proxy-Authorization", proxyUser.toHeader());
        }
        headers.forEach((name, value) -> append(text, name, value));
        this.common = text.toString();
        this.authorization = headers.contains("Authorization") ? "" : authorization(origin.authorization);
    }

    private static String authorization(@Nullable String value) {
        StringBuilder text = new StringBuilder();
        if (value != null) {
            append(text, "Authorization", value);
        }
        return text.toString();
    }

    /** The head of one request; with the client's {@code Authorization} if wanted. */
    byte[] bytes(String method, Headers headers, int length, boolean authorize) {
        StringBuilder text = new StringBuilder(
                target.length() + common.length() + authorization.length() + 64 + headers.size() * 40);
        text.append(method).append(' ').append(target).append(common);
        if (authorize && !headers.contains("Authorization")) {
            text.append(authorization);
        }
        headers.forEach((name, value) -> append(text, name, value));
        if (length > 0 || !method.equals("GET")) {
            text.append("Content-Length: ").append(length).append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
}
