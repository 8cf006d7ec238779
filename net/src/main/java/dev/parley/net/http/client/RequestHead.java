package dev.parley.net.http.client;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.Headers;
import java.nio.charset.StandardCharsets;

/** Writes request heads; what is the same for all requests of a client is prepared once. Immutable. */
final class RequestHead {
    private final String target;
    private final String fixed;

    RequestHead(Origin origin, Headers headers) {
        this.target = origin.isForwarded() ? "http://" + origin.authority() + origin.target : origin.target;
        StringBuilder text = new StringBuilder(" HTTP/1.1\r\nHost: ")
                .append(origin.authority())
                .append("\r\nAccept-Encoding: gzip, deflate\r\n");
        if (!headers.contains("User-Agent")) {
            text.append("User-Agent: Parley\r\n");
        }
        if (!headers.contains("Authorization")) {
            origin.credentials.ifPresent(
                    c -> text.append("Authorization: ").append(c.toHeader()).append("\r\n"));
        }
        if (origin.isForwarded() && origin.proxy != null) {
            BasicCredentials.of(origin.proxy)
                    .ifPresent(c -> text.append("Proxy-Authorization: ")
                            .append(c.toHeader())
                            .append("\r\n"));
        }
        append(text, headers);
        this.fixed = text.toString();
    }

    byte[] bytes(String method, Headers headers, int length) {
        StringBuilder text = new StringBuilder(fixed.length() + target.length() + 64 + headers.size() * 40);
        text.append(method).append(' ').append(target).append(fixed);
        append(text, headers);
        if (length > 0 || !method.equals("GET")) {
            text.append("Content-Length: ").append(length).append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void append(StringBuilder text, Headers headers) {
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    }
}
