package dev.parley.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidArgumentsException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Exceptions under names of the user's choice, and back. */
class FailuresTest {
    private final RemoteException notFound =
            RemoteException.of("NotFound", "no such").withModule("nova.exception");

    @Test
    void theFullNameHasPrecedenceAndTheSimpleOneFitsEveryModule() {
        RemoteFailures both = new RemoteFailures(Map.of(
                "nova.exception.NotFound", e -> new IllegalStateException("full"),
                "NotFound", e -> new IllegalStateException("simple")));
        assertThat(both.thrown(notFound)).hasMessage("full");
        assertThat(both.thrown(notFound.withModule("cinder.exception"))).hasMessage("simple");
        assertThat(both.thrown(notFound.withModule(null))).hasMessage("simple");
        RemoteFailures other =
                new RemoteFailures(Map.of("exception.NotFound", e -> new IllegalStateException("no"), "Not", e -> e));
        assertThat(other.thrown(notFound)).isSameAs(notFound);
        assertThat(new RemoteFailures(Map.of("NotFound", e -> e)).thrown(notFound))
                .isSameAs(notFound);
        InvalidArgumentsException unnamed = new InvalidArgumentsException("bad");
        assertThat(both.thrown(unnamed)).isSameAs(unnamed);
    }

    @Test
    void theRemoteErrorIsTheCauseUnlessThereIsOne() {
        IOException own = new IOException("own");
        assertThat(new RemoteFailures(Map.of("NotFound", e -> new IllegalStateException("x"))).thrown(notFound))
                .hasCause(notFound);
        assertThat(new RemoteFailures(Map.of("NotFound", e -> new UncheckedIOException(own))).thrown(notFound))
                .hasCause(own);
        assertThat(new RemoteFailures(Map.of("NotFound", e -> new IllegalStateException("x", null))).thrown(notFound))
                .hasNoCause()
                .hasSuppressedException(notFound);
    }

    @Test
    void theNearestClassNamesWhatGoesOut() {
        FailureNames names =
                new FailureNames(Map.of(IOException.class, "shop.Broken", FileNotFoundException.class, "NotFound"));
        assertThat(told(names.outgoing(new IOException("m")))).isEqualTo("shop.Broken: m");
        assertThat(told(names.outgoing(new java.net.SocketException("m")))).isEqualTo("shop.Broken: m");
        assertThat(told(names.outgoing(new FileNotFoundException("m")))).isEqualTo("builtins.NotFound: m");
        assertThat(told(names.outgoing(new IllegalArgumentException("m")))).isEqualTo("builtins.ValueError: m");
        assertThat(names.outgoing(notFound)).isSameAs(notFound);
    }

    private static String told(RpcException error) {
        RemoteException remote = (RemoteException) error;
        return remote.module().orElse("") + "." + remote.type() + ": " + remote.remoteMessage();
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        for (String name : new String[] {"", ".", "a.", "a b", "a..b"}) {
            assertThatThrownBy(() -> RpcServer.builder().failure(IOException.class, name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "'");
        }
    }
}
