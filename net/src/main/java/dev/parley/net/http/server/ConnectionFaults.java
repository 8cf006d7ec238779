package dev.parley.net.http.server;

import dev.parley.spi.PeerLog;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;

/** Logs why a connection is closed. Stateless and thread-safe. */
final class ConnectionFaults {
    private ConnectionFaults() {}

    static void closing(Logger log, PeerLog faults, String remoteAddress, Throwable cause) {
        if (cause.getCause() instanceof NotSslRecordException) {
            // Its message has what was received.
            faults.warn(remoteAddress, "closing the connection: plain text on a port that serves TLS");
        } else if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            log.debug("{}: connection failed: {}", remoteAddress, cause.toString());
        } else {
            faults.warn(remoteAddress, "closing the connection", cause);
        }
    }
}
