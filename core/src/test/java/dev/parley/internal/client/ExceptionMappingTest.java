package dev.parley.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.InvalidArgumentsException;
import dev.parley.RemoteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Exceptions that a client makes of remote failures. */
class ExceptionMappingTest {
    private final RemoteException notFound =
            RemoteException.of("NotFound", "no such").withModule("nova.exception");

    @Test
    void theFullNameHasPrecedenceAndTheSimpleOneFitsEveryModule() {
        ExceptionMapping both = new ExceptionMapping(Map.of(
                "nova.exception.NotFound", e -> new IllegalStateException("full"),
                "NotFound", e -> new IllegalStateException("simple")));
        assertThat(both.thrown(notFound)).hasMessage("full");
        assertThat(both.thrown(notFound.withModule("cinder.exception"))).hasMessage("simple");
        assertThat(both.thrown(notFound.withModule(null))).hasMessage("simple");
        ExceptionMapping other =
                new ExceptionMapping(Map.of("exception.NotFound", e -> new IllegalStateException("no"), "Not", e -> e));
        assertThat(other.thrown(notFound)).isSameAs(notFound);
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> e)).thrown(notFound))
                .isSameAs(notFound);
        InvalidArgumentsException unnamed = new InvalidArgumentsException("bad");
        assertThat(both.thrown(unnamed)).isSameAs(unnamed);
    }

    @Test
    void theRemoteErrorIsTheCauseUnlessThereIsOne() {
        IOException own = new IOException("own");
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> new IllegalStateException("x"))).thrown(notFound))
                .hasCause(notFound);
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> new UncheckedIOException(own))).thrown(notFound))
                .hasCause(own);
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> new IllegalStateException("x", null))).thrown(notFound))
                .hasNoCause()
                .hasSuppressedException(notFound);
    }
}
