package dev.parley.interop.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests as other programs make them. */
final class Http {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Http() {}

    static final String JSON_ADD = """
            {"jsonrpc": "2.0", "id": 1, "method": "add", "params": [2, 3]}""";

    static final String XML_ADD =
            xml("add", "<param><value><int>2</int></value></param>" + "<param><value><int>3</int></value></param>");

    static String xml(String method, String params) {
        return "<?xml version='1.0'?><methodCall><methodName>" + method + "</methodName><params>" + params
                + "</params></methodCall>";
    }

    static HttpResponse<String> post(String url, String body, String... headers) throws Exception {
        return send(request(url, headers).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    static HttpResponse<String> get(String url, String... headers) throws Exception {
        return send(request(url, headers).GET());
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static HttpRequest.Builder request(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
        return headers.length == 0 ? request : request.headers(headers);
    }
}
