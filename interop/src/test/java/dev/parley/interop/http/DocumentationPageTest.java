package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Address;
import dev.parley.RpcServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page that a browser gets. */
@Timeout(120)
class DocumentationPageTest {
    private static RpcServer server(String address) {
        return RpcServer.builder()
                .endpoint(new Service())
                .name("Shop <script>alert(1)</script> \"&'")
                .method("a<b>\"'&", String.class, text -> text)
                .listen(address)
                .build()
                .start();
    }

    private static String url(RpcServer server, String path) {
        Address address = server.addresses().getFirst();
        return "http://127.0.0.1:" + address.port(-1) + path;
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void isOffByDefault(String protocol) throws Exception {
        try (RpcServer server = server(protocol + "+http://127.0.0.1:0/rpc")) {
            HttpResponse<String> response = Http.get(url(server, "/rpc"));
            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(response.headers().firstValue("Allow")).hasValue("POST");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void showsMethods(String protocol) throws Exception {
        try (RpcServer server = server(protocol + "+http://127.0.0.1:0/rpc?docs=true")) {
            assertThat(server.addresses().getFirst().options()).isEmpty();
            HttpResponse<String> response = Http.get(url(server, "/rpc?x=1"), "Origin", url(server, ""));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            String page = response.body();
            assertThat(page)
                    .contains("add</span><span class=\"signature\">(a: integer, b: integer) → integer")
                    .contains("greet</span><span class=\"signature\">(name: string, greeting: string?) → string")
                    .contains("Adds &lt;two&gt; &amp; &quot;integers&quot;.")
                    .contains("Shop &lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&#39;")
                    .contains("data-method=\"a&lt;b&gt;&quot;&#39;&amp;\"");
            // Nothing is loaded from elsewhere, and no text is markup.
            assertThat(page).doesNotContain("http://", "https://", "src=", "<link", "<script>alert", "url(");
            server.unregister("a<b>\"'&");
            assertThat(Http.get(url(server, "/rpc")).body()).doesNotContain("data-method=\"a&lt;b");
            HttpResponse<String> head =
                    Http.send(Http.request(url(server, "/rpc")).method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(Http.post(url(server, "/rpc"), "x", "Content-Type", "text/plain")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void allowsItsOwnScriptAndStyleOnly() throws Exception {
        try (RpcServer server = server("jsonrpc+http://127.0.0.1:0/rpc?docs=true")) {
            HttpResponse<String> response = Http.get(url(server, "/rpc"));
            String policy =
                    response.headers().firstValue("Content-Security-Policy").orElse("");
            assertThat(policy)
                    .isEqualTo("default-src 'none'; style-src " + hash(response.body(), "style") + "; script-src "
                            + hash(response.body(), "script") + "; connect-src 'self'; base-uri 'none';"
                            + " form-action 'none'; frame-ancestors 'none'");
        }
    }

    private static String hash(String page, String element) throws Exception {
        Matcher found = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(page);
        assertThat(found.find()).isTrue();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(found.group(1).getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    }

    @Test
    void needsTheCredentialsOfTheService() throws Exception {
        try (RpcServer server = server("jsonrpc+http://alice:secret@127.0.0.1:0/rpc?docs=true")) {
            assertThat(Http.get(url(server, "/rpc")).statusCode()).isEqualTo(401);
            assertThat(Http.get(url(server, "/rpc"), "Authorization", "Basic YWxpY2U6c2VjcmV0")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void onlyAPostCalls() throws Exception {
        try (RpcServer server = server("jsonrpc+http://127.0.0.1:0/rpc?docs=true")) {
            String query = "?jsonrpc=2.0&id=1&method=add&params=%5B2,3%5D";
            assertThat(Http.get(url(server, "/rpc" + query)).body()).startsWith("<!DOCTYPE html>");
        }
        for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS")) {
            try (RpcServer server = server("jsonrpc+http://127.0.0.1:0/rpc")) {
                HttpResponse<String> response =
                        Http.send(Http.request(url(server, "/rpc?id=1&method=add&params=[]".replace("[]", "%5B2,3%5D")))
                                .method(method, HttpRequest.BodyPublishers.ofString("")));
                assertThat(response.statusCode()).as(method).isEqualTo(405);
            }
        }
    }
}
