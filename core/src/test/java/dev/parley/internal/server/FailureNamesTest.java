package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names under which exceptions are sent to callers. */
class FailureNamesTest {
    private final RemoteException notFound =
            RemoteException.of("NotFound", "no such").withModule("nova.exception");

    @Test
    void theNearestClassNamesWhatGoesOut() {
        FailureNames names =
                new FailureNames(Map.of(IOException.class, "shop.Broken", FileNotFoundException.class, "NotFound"));
        assertThat(text(names.outgoing(new IOException("m")))).isEqualTo("shop.Broken: m");
        assertThat(text(names.outgoing(new java.net.SocketException("m")))).isEqualTo("shop.Broken: m");
        assertThat(text(names.outgoing(new FileNotFoundException("m")))).isEqualTo("builtins.NotFound: m");
        assertThat(text(names.outgoing(new IllegalArgumentException("m")))).isEqualTo("builtins.ValueError: m");
        assertThat(names.outgoing(notFound)).isSameAs(notFound);
    }

    private static String text(RpcException error) {
        RemoteException remote = (RemoteException) error;
        return remote.module() + "." + remote.type() + ": " + remote.remoteMessage();
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        for (String name : new String[] {"", ".", "a.", "a b", "a..b"}) {
            assertThatThrownBy(() -> RpcServer.builder().mapException(IOException.class, name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "'");
        }
    }
}
