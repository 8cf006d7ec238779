package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Address;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The documentation page in a real browser, which enforces its policy. */
@Timeout(180)
@NeedsPeer(Peer.CHROMIUM)
class BrowserTest {
    /** Fills in the form of a method, submits it, and waits for the output. */
    private static final String CALL = """
            (async (method, values) => {
              const section = [...document.querySelectorAll("section")].find(each => each.dataset.method === method);
              const form = section.querySelector("form");
              const output = form.querySelector("output");
              output.textContent = "";
              [...form.querySelectorAll("[data-name]")].forEach((field, i) => field.value = values[i]);
              form.requestSubmit();
              while (output.textContent === "" || form.querySelector("button").disabled) {
                await new Promise(resolve => setTimeout(resolve, 10));
              }
              return (output.classList.contains("error") ? "ERROR " : "") + output.textContent;
            })""";

    private static final JsonMapper JSON = new JsonMapper();

    private static JsonNode evaluate(PeerProcess browser, String expression) {
        JsonNode response = browser.call(Map.of("evaluate", expression));
        assertThat(response.has("error")).as(response.toString()).isFalse();
        return response.path("ok");
    }

    private static String call(PeerProcess browser, String method, String... values) {
        return evaluate(
                        browser,
                        CALL + "(" + JSON.writeValueAsString(method) + ", " + JSON.writeValueAsString(values) + ")")
                .asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void callsMethodsFromThePage(String protocol) {
        String options = protocol.equals("xmlrpc") ? "&i8=true&biginteger=true" : "";
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .method("joined", String[].class, parts -> String.join("+", parts))
                        .method("b<i>\"'&", () -> "odd")
                        .listen(protocol + "+http://127.0.0.1:0/rpc?docs=true" + options)
                        .build()
                        .start();
                PeerProcess browser = PeerProcess.start(Peer.CHROMIUM, "browser.js", url(server))) {
            assertThat(browser.line(line -> line.equals("ready"))).isEqualTo("ready");
            assertThat(call(browser, "add", "2", "3")).isEqualTo("5");
            assertThat(call(browser, "add", "2", "")).isEqualTo("ERROR b is required");
            assertThat(call(browser, "add", "2", "x")).startsWith("ERROR b is not JSON");
            assertThat(call(browser, "greet", "you", "")).isEqualTo("\"hello you\"");
            assertThat(call(browser, "greet", "<b> & \"x\"", "hi")).isEqualTo("\"hi <b> & \\\"x\\\"\"");
            assertThat(call(browser, "joined", "[\"a\", \"b\"]")).isEqualTo("\"a+b\"");
            assertThat(call(browser, "b<i>\"'&")).isEqualTo("\"odd\"");
            assertThat(call(browser, "fail", "<no>")).startsWith("ERROR ").contains("<no>");
            // Values survive, numbers with all their digits.
            String value = "{\"a\":[1,-2.5,null,true,\"ü<>&\",12345678901234567,123456789012345678901234567890]}";
            assertThat(call(browser, "echo", value).replaceAll("\\s", "")).isEqualTo(value);
            assertThat(call(browser, "echo", "plain text")).isEqualTo("\"plain text\"");

            assertThat(evaluate(browser, """
                    (() => {
                      const filter = document.getElementById("filter");
                      filter.value = "GREE";
                      filter.dispatchEvent(new Event("input"));
                      return [...document.querySelectorAll("section")].filter(each => !each.hidden).length;
                    })()""").asInt()).isEqualTo(1);
            assertThat(evaluate(browser, "errors").toString()).isEqualTo("[]");
        }
    }

    /** The policy holds: neither other scripts nor other hosts. */
    @ParameterizedTest
    @ValueSource(strings = {"jsonrpc"})
    void allowsNothingElse(String protocol) {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .listen(protocol + "+http://127.0.0.1:0/rpc?docs=true")
                        .build()
                        .start();
                RpcServer other = RpcServer.builder()
                        .endpoint(new Service())
                        .listen(protocol + "+http://127.0.0.1:0/rpc?docs=true")
                        .build()
                        .start();
                PeerProcess browser = PeerProcess.start(Peer.CHROMIUM, "browser.js", url(server))) {
            assertThat(browser.line(line -> line.equals("ready"))).isEqualTo("ready");
            assertThat(evaluate(browser, """
                    (() => {
                      const script = document.createElement("script");
                      script.textContent = "window.injected = true";
                      document.body.append(script);
                      return window.injected === true;
                    })()""").asBoolean()).isFalse();
            assertThat(evaluate(
                                    browser,
                                    "fetch(" + JSON.writeValueAsString(url(other))
                                            + ", {method: 'POST', body: '{}', mode: 'no-cors'})"
                                            + ".then(() => 'sent', () => 'refused')")
                            .asString())
                    .isEqualTo("refused");
            assertThat(evaluate(browser, "errors").size()).isPositive();
        }
    }

    private static String url(RpcServer server) {
        Address address = server.addresses().getFirst();
        return "http://127.0.0.1:" + address.port(-1) + "/rpc";
    }
}
