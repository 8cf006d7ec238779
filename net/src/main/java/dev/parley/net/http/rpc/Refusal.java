package dev.parley.net.http.rpc;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The errors for HTTP responses without a message of the protocol. Each says what the server said, and has the status,
 * the URL, the header fields and the beginning of the body as its data. Immutable and thread-safe.
 */
final class Refusal {
    private static final Set<String> SECRET = Set.of("set-cookie", "authorization", "proxy-authorization");

    private final String shown;
    private final String url;
    private final String protocol;
    private final String messageStarts;

    /**
     * For one client.
     *
     * @param address the client's, for messages
     * @param url what is requested, without secrets
     * @param protocol the protocol's name
     * @param messageStarts the characters that its messages start with
     */
    Refusal(Address address, String url, String protocol, String messageStarts) {
        this.shown = HttpAddress.shown(address);
        this.url = url;
        this.protocol = protocol;
        this.messageStarts = messageStarts;
    }

    /** The error that a status other than 2xx means. */
    RpcException of(HttpResponse response) {
        int status = response.status();
        String message = shown + " responded with HTTP status " + status;
        String said = said(response);
        Map<String, Object> data = data(response);
        if (status / 100 == 3 && status != 304) {
            String location = ResponseText.location(response.headers());
            String where = location == null ? "a redirect without a Location" : "a redirect to " + location;
            return new ProtocolException(
                    message + ", " + where + "; redirects are not followed, use the address of the server itself",
                    null,
                    data);
        }
        return switch (status) {
            case 401, 403 ->
                new AccessDeniedException(message + ": the credentials are refused or missing" + said, null, data);
            case 407 ->
                new AccessDeniedException(
                        message + ": the proxy refuses the credentials or needs some" + said, null, data);
            case 404, 405 ->
                new ProtocolException(message + ": " + protocol + " is not served at this path" + said, null, data);
            case 413 ->
                new ProtocolException(message + ": the request is larger than the server accepts" + said, null, data);
            case 415 ->
                new ProtocolException(
                        message + ": the server does not read this Content-Type or Content-Encoding, which the options"
                                + " content_type and gzip_threshold set" + said,
                        null,
                        data);
            case 429, 503 -> new OverloadedException(message + said, null, data);
            default -> new ProtocolException(message + ", which is not " + protocol + said, null, data);
        };
    }

    /**
     * Checks a response with a status of 2xx.
     *
     * @throws ProtocolException if its body is empty, an HTML page or other text
     */
    void check(HttpResponse response, String method) {
        if (response.body().length == 0) {
            throw new ProtocolException(
                    shown + " responded to " + method + " with an empty body", null, data(response));
        }
        if (ResponseText.isHtml(response.body())) {
            throw new ProtocolException(
                    shown + " responded to " + method + " with "
                            + said(response).substring(2),
                    null,
                    data(response));
        }
        if (isOtherText(response.body())) {
            throw new ProtocolException(
                    shown + " responded to " + method + " with what is not " + protocol + said(response),
                    null,
                    data(response));
        }
    }

    /** Whether a body starts with a character that no message starts with. Other encodings are left to the parser. */
    private boolean isOtherText(byte[] body) {
        int start = ResponseText.start(body);
        return start < body.length
                && body[start] > ' '
                && body[start] < 0x7f
                && messageStarts.indexOf(body[start]) < 0
                && (start + 1 == body.length || body[start + 1] != 0);
    }

    private static String said(HttpResponse response) {
        String text = ResponseText.excerpt(response);
        if (ResponseText.isHtml(response.body())) {
            return "; an HTML page" + (text.isEmpty() ? " without text" : " that says: " + text);
        }
        return text.isEmpty() ? "" : "; it says: " + text;
    }

    private Map<String, Object> data(HttpResponse response) {
        Headers headers = response.headers();
        Map<String, Object> fields = new LinkedHashMap<>();
        headers.toMap().forEach((name, value) -> fields.put(name, SECRET.contains(name) ? "***" : value));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("status", response.status());
        data.put("url", url);
        data.put("headers", fields);
        data.put("body", ResponseText.excerpt(response));
        return data;
    }
}
