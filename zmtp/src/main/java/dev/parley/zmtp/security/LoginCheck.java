package dev.parley.zmtp.security;

import dev.parley.security.Credentials;
import dev.parley.spi.Login;
import java.util.concurrent.CompletableFuture;

/** Decides which clients may connect, as a ZAP handler of ZeroMQ does. Thread-safe. */
@FunctionalInterface
public interface LoginCheck {
    /**
     * Finds out who has these credentials. Must not block.
     *
     * @param credentials {@link Credentials.Password} of PLAIN, {@link Credentials.PublicKey} of CURVE
     * @param peer the client's network address
     * @return the outcome, which may complete later and on any thread
     */
    CompletableFuture<Login> check(Credentials credentials, String peer);
}
