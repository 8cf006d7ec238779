package dev.parley.net.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketAddressesTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80",
        "::1, [::1]:80",
        "2001:db8:0:0:0:0:0:7, [2001:db8::7]:80",
    })
    void writesTcpAddressesWithTheirPort(String host, String text) throws Exception {
        assertThat(SocketAddresses.text(new InetSocketAddress(InetAddress.getByName(host), 80)))
                .isEqualTo(text);
    }

    @Test
    void writesHostNamesThatWereNotResolved() {
        assertThat(SocketAddresses.text(InetSocketAddress.createUnresolved("service.example", 80)))
                .isEqualTo("service.example:80");
    }

    @Test
    void writesEveryUnixDomainAddressInTheSameWay() {
        assertThat(SocketAddresses.text(UnixDomainSocketAddress.of(""))).isEqualTo("unix");
        assertThat(SocketAddresses.text(UnixDomainSocketAddress.of("/run/x.sock")))
                .isEqualTo("unix");
        assertThat(SocketAddresses.text(new DomainSocketAddress("/run/x.sock"))).isEqualTo("unix");
    }

    @Test
    void writesAMissingAddress() {
        assertThat(SocketAddresses.text(null)).isEqualTo("unknown");
    }
}
