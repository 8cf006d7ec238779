package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    void secretsInOptionsAreNeverShown() {
        Address address = Address.parse(
                "jsonrpc+http://h:1/?token=s3cret&auth=s3cret&nil=1" + "&proxy=http%3A%2F%2Fu%3As3cret%40p%3A2");

        assertThat(address.toString()).doesNotContain("s3cret").contains("token=***", "nil=1", "p%3A2");
        assertThat(Address.parse(address.toUri())).isEqualTo(address);
    }

    @Test
    void aPasswordIsNeverShown() {
        Address address = Address.parse("rabbit://guest:s3cret%2F@h:1/");

        assertThat(address.toString()).isEqualTo("rabbit://guest:***@h:1/");
        assertThat(Address.parse(address.toUri())).isEqualTo(address);
    }

    @Test
    void theSchemeIsInLowerCase() {
        assertThat(Address.parse("JSONRPC+HTTP://h/x").scheme()).isEqualTo("jsonrpc+http");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no scheme",
                "//host",
                "rabbit://h:99999/",
                "rabbit://h:-1/",
                "rabbit://h:x/",
                "rabbit://[::1/",
                "memory://x?a",
                "rabbit://a%zz@h/"
            })
    void whatIsNotAnAddressIsRefused(String text) {
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(InvalidTargetException.class);
    }

    @Test
    void anOpaqueAddressKeepsItsRest() {
        Address address = Address.parse("other+stdio:./server --fast");

        assertThat(address.path()).isEqualTo("./server --fast");
        assertThat(address.toString()).isEqualTo("other+stdio:./server --fast");
    }

    @Test
    void optionsCanBeLeftOut() {
        assertThat(Address.parse("zerorpc+tcp://h:1/?a=1&b=2&c=3")
                        .withoutOptions(java.util.Set.of("a", "c", "x"))
                        .toString())
                .isEqualTo("zerorpc+tcp://h:1/?b=2");
    }

    @Test
    void theBoundPortReplacesTheOneGiven() {
        assertThat(Address.parse("zerorpc+tcp://127.0.0.1:0").withPort(4242).toString())
                .isEqualTo("zerorpc+tcp://127.0.0.1:4242");
    }
}
