package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @Test
    void partsOfADirectAddress() {
        Address address = Address.parse("xmlrpc+http://127.0.0.1:8088/RPC2?nil=true&text=a%20b+c");

        assertThat(address.scheme()).isEqualTo("xmlrpc+http");
        assertThat(address.host()).isEqualTo("127.0.0.1");
        assertThat(address.port(80)).isEqualTo(8088);
        assertThat(address.path()).isEqualTo("/RPC2");
        assertThat(address.options()).containsEntry("nil", "true").containsEntry("text", "a b+c");
    }

    @Test
    void severalHostsEachWithItsOwnCredentials() {
        Address address = Address.parse("rabbit://ann:p%40ss@one:5672,bob:x:y@[::1]:5673,three/vh%2F1");

        assertThat(address.hosts())
                .containsExactly(
                        new Address.Host("one", 5672, "ann", "p@ss"),
                        new Address.Host("::1", 5673, "bob", "x:y"),
                        new Address.Host("three", -1, null, null));
        assertThat(address.path()).isEqualTo("/vh%2F1");
    }

    @Test
    void aHostIsSplitAtTheLastAt() {
        assertThat(Address.parse("rabbit://u:a@b@host/").hosts())
                .containsExactly(new Address.Host("host", -1, "u", "a@b"));
    }

    @Test
    void emptyHostsAndOptionsAreNone() {
        Address address = Address.parse("rabbit://,one,,two:1,/?&a=1&");

        assertThat(address.hosts()).extracting(Address.Host::toString).containsExactly("one", "two:1");
        assertThat(address.options()).containsOnlyKeys("a");
        assertThat(Address.parse("rabbit://one/?").options()).isEmpty();
    }

    @Test
    void anIpv6HostWithoutAPortNeedsNoBrackets() {
        assertThat(Address.parse("rabbit://u:p@fe80::1,[fe80::2]:5/").hosts())
                .containsExactly(new Address.Host("fe80::1", -1, "u", "p"), new Address.Host("fe80::2", 5, null, null));
    }

    @Test
    void aPasswordIsNeverShown() {
        Address address = Address.parse("rabbit://guest:s3cret%2F@h:1/");

        assertThat(address.toString()).isEqualTo("rabbit://guest:***@h:1/");
        assertThat(Address.parse(address.toUri())).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/RPC2, xmlrpc+http",
        "https://h/jsonrpc, jsonrpc+https",
        "http://h/zabbix/api_jsonrpc.php, jsonrpc+http",
        "tcp://h:4242, zerorpc+tcp",
        "ws://h/x, jsonrpc+ws",
        "JSONRPC+HTTP://h/x, jsonrpc+http",
    })
    void bareSchemesMeanWhatTheirPeersMean(String text, String scheme) {
        assertThat(Address.parse(text).scheme()).isEqualTo(scheme);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no scheme",
                "//host",
                "http://host/other",
                "rabbit://h:99999/",
                "rabbit://h:-1/",
                "rabbit://h:x/",
                "rabbit://[::1/",
                "memory://x?a",
                "rabbit://a%zz@h/"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(InvalidTargetException.class);
    }

    @Test
    void anOpaqueAddressKeepsItsRest() {
        Address address = Address.parse("jsonrpc+stdio:./server --fast");

        assertThat(address.path()).isEqualTo("./server --fast");
        assertThat(address.toString()).isEqualTo("jsonrpc+stdio:./server --fast");
    }

    @Test
    void optionsCanBeLeftOut() {
        assertThat(Address.parse("tcp://h:1/?a=1&b=2&c=3")
                        .withoutOptions(java.util.Set.of("a", "c", "x"))
                        .toString())
                .isEqualTo("zerorpc+tcp://h:1/?b=2");
    }

    @Test
    void theBoundPortIsTold() {
        assertThat(Address.parse("zerorpc+tcp://127.0.0.1:0").withPort(4242).toString())
                .isEqualTo("zerorpc+tcp://127.0.0.1:4242");
    }
}
