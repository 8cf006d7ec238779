package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxyTest {
    private static String proxy(String address, Map<String, String> environment) {
        return EnvironmentProxy.of(Address.parse(address), environment)
                .options()
                .get("proxy");
    }

    @Test
    void ofTheScheme() {
        Map<String, String> both = Map.of("http_proxy", "proxy:3128/", "HTTPS_PROXY", "http://ann:p%40w@[::2]:81");
        assertThat(proxy("xmlrpc+http://api.test/", both)).isEqualTo("http://proxy:3128");
        assertThat(proxy("jsonrpc+https://api.test/?token=t", both)).isEqualTo("http://ann:p%40w@[::2]:81");
        assertThat(proxy("jsonrpc+https://api.test/?token=t", Map.of("http_proxy", "proxy:1")))
                .isNull();
        assertThat(proxy("jsonrpc+http://api.test/", Map.of("http_proxy", "a:1", "HTTP_PROXY", "b:2")))
                .isEqualTo("http://a:1");
        assertThat(proxy("jsonrpc+http://api.test/", Map.of("http_proxy", ""))).isNull();
        assertThat(proxy("jsonrpc+http://api.test/?proxy=none", both)).isEqualTo("none");
        Address whole = EnvironmentProxy.of(Address.parse("jsonrpc+https://u:p@api.test:8/rpc?token=t"), both);
        assertThat(whole.toUri()).startsWith("jsonrpc+https://u:p@api.test:8/rpc?token=t&proxy=");
        assertThat(whole.toString()).doesNotContain("p%40w", "p%2540w");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://api.test:1",
                "jsonrpc+tcp://api.test:1",
                "jsonrpc+unix:///run/x.sock",
                "xmlrpc+http://localhost:1/",
                "xmlrpc+http://127.0.0.2:1/",
                "xmlrpc+http://[::1]:1/"
            })
    void notForOthers(String address) {
        assertThat(proxy(address, Map.of("http_proxy", "proxy:1", "https_proxy", "proxy:1")))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "*, true",
        "api.test, true",
        "API.TEST, true",
        "test, true",
        "'.test', true",
        "'*.test', true",
        "api.test:80, true",
        "'other, api.test', true",
        "api.test:81, false",
        "pi.test, false",
        "x.api.test, false",
        "'', false",
        "., false"
    })
    void exceptions(String except, boolean direct) {
        Map<String, String> environment = Map.of("http_proxy", "proxy:1", "NO_PROXY", except);
        assertThat(proxy("xmlrpc+http://api.test/", environment) == null).isEqualTo(direct);
    }

    @Test
    void otherKindsOfProxies() {
        for (String kind : new String[] {"socks5://s3cret@proxy:1", "https://proxy:1"}) {
            assertThatThrownBy(() -> proxy("xmlrpc+http://api.test/", Map.of("http_proxy", kind)))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("http_proxy")
                    .hasMessageNotContaining("s3cret");
        }
    }
}
