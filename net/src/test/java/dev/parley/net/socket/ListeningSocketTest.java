package dev.parley.net.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ListeningSocketTest {
    private final BlockingQueue<String> peers = new LinkedBlockingQueue<>();
    private final ChannelHandler initializer = new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
            peers.add(SocketAddresses.text(channel.remoteAddress()));
        }
    };

    @Test
    void listensOnTcpUntilClosed() throws Exception {
        ListeningSocket listener = ListeningSocket.bind("127.0.0.1", 0, initializer);
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            assertThat(peers.poll(20, TimeUnit.SECONDS)).isEqualTo("127.0.0.1:" + peer.getLocalPort());
            assertThatThrownBy(() -> ListeningSocket.bind("127.0.0.1", listener.port(), initializer))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + listener.port() + ": ");
            assertThat(listener.isOpen()).isTrue();
            listener.close().join();
            listener.close().join();
            assertThat(listener.isOpen()).isFalse();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), listener.port()).close())
                    .hasMessageContaining("refused");
        }
    }

    @Test
    void listensOnAUnixSocketUntilClosed(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("service.sock");
        ListeningSocket listener = ListeningSocket.bindUnix(path, initializer);
        assertThat(listener.port()).isEqualTo(-1);
        try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(peer.isConnected()).isTrue();
            assertThat(peers.poll(20, TimeUnit.SECONDS)).isEqualTo("unix");
        }
        listener.close().join();
        assertThat(path).doesNotExist();
    }

    @Test
    void closingTwiceKeepsTheSocketFileOfTheNextListener(@TempDir Path folder) {
        Path path = folder.resolve("service.sock");
        ListeningSocket first = ListeningSocket.bindUnix(path, initializer);
        first.close().join();
        ListeningSocket second = ListeningSocket.bindUnix(path, initializer);
        first.close().join();
        assertThat(path).exists();
        second.close().join();
    }

    @Test
    void namesAHostThatIsUnknown() {
        assertThatThrownBy(() -> ListeningSocket.bind("host.invalid", 0, initializer))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessage("cannot listen on host.invalid:0: unknown host");
    }
}
