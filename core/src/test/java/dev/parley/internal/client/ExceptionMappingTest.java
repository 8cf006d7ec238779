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
        ExceptionMapping both = new ExceptionMapping(
                Map.of(
                        "nova.exception.NotFound", e -> new IllegalStateException("full"),
                        "NotFound", e -> new IllegalStateException("simple")),
                Map.of());
        assertThat(both.thrown(notFound)).hasMessage("full");
        assertThat(both.thrown(notFound.withModule("cinder.exception"))).hasMessage("simple");
        assertThat(both.thrown(notFound.withModule(null))).hasMessage("simple");
        ExceptionMapping other = new ExceptionMapping(
                Map.of("exception.NotFound", e -> new IllegalStateException("no"), "Not", e -> e), Map.of());
        assertThat(other.thrown(notFound)).isSameAs(notFound);
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> e), Map.of()).thrown(notFound))
                .isSameAs(notFound);
        InvalidArgumentsException unnamed = new InvalidArgumentsException("bad");
        assertThat(both.thrown(unnamed)).isSameAs(unnamed);
    }

    @Test
    void aModuleHasItsOwnRule() {
        ExceptionMapping module = new ExceptionMapping(
                Map.of("Other", e -> new IllegalStateException("type")),
                Map.of("nova.exception", e -> new IllegalStateException("module")));
        assertThat(module.isEmpty()).isFalse();
        assertThat(module.thrown(notFound)).hasMessage("module").hasCause(notFound);
        assertThat(module.thrown(RemoteException.of("Other", "x").withModule("nova.exception")))
                .hasMessage("type");
        RemoteException below = notFound.withModule("nova.exception.api");
        assertThat(module.thrown(below)).isSameAs(below);
        RemoteException none = notFound.withModule(null);
        assertThat(module.thrown(none)).isSameAs(none);
    }

    @Test
    void theRemoteErrorIsTheCauseUnlessThereIsOne() {
        IOException own = new IOException("own");
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> new IllegalStateException("x")), Map.of())
                        .thrown(notFound))
                .hasCause(notFound);
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> new UncheckedIOException(own)), Map.of())
                        .thrown(notFound))
                .hasCause(own);
        assertThat(new ExceptionMapping(Map.of("NotFound", e -> new IllegalStateException("x", null)), Map.of())
                        .thrown(notFound))
                .hasNoCause()
                .hasSuppressedException(notFound);
    }
}
