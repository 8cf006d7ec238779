package dev.parley.net.http.server;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs one line per request, in the combined log format with further fields at its end:
 *
 * <pre>
 * 127.0.0.1 - alice [27/Nov/2026:11:29:41 +0000] "POST /RPC2 HTTP/1.1" 200 135 "-" "curl/8.5" method=add outcome=ok
 * duration_us=412 request_bytes=180
 * </pre>
 *
 * <p>The query of a request is left out, since keys may stand there. Whatever the peer wrote is printable ASCII without
 * quotes and backslashes, others as {@code \}{@code uXXXX}, and at most 200 characters long. Immutable and thread-safe.
 */
final class AccessLog {
    private static final Logger log = LoggerFactory.getLogger("dev.parley.access");

    /** As nginx has it: the peer disconnected before its response. */
    static final int DISCONNECTED = 499;

    private static final int MAX_TEXT = 200;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US);

    private final Level level;

    /**
     * A log.
     *
     * @param shown whether it logs at INFO instead of DEBUG
     */
    AccessLog(boolean shown) {
        this.level = shown ? Level.INFO : Level.DEBUG;
    }

    boolean isEnabled() {
        return log.isEnabledForLevel(level);
    }

    /**
     * Logs a request that has its response.
     *
     * @param request the request; {@code null} if its head could not be read
     * @param exchange what its handler noted; {@code null} if none saw it
     */
    void log(
            String remoteAddress,
            @Nullable IncomingRequest request,
            @Nullable HttpExchange exchange,
            int status,
            long bytes) {
        if (!isEnabled()) {
            return;
        }
        StringBuilder line = new StringBuilder(200);
        line.append(host(remoteAddress)).append(" - ");
        String user = request == null || request.caller() == null
                ? ""
                : request.caller().getName();
        append(line, user.isEmpty() ? "-" : user, ' ');
        line.append(" [")
                .append(TIME.format(ZonedDateTime.now(ZoneId.systemDefault())))
                .append("] \"");
        if (request == null) {
            line.append('-');
        } else {
            append(line, request.method(), ' ');
            line.append(' ');
            append(line, request.path(), ' ');
            line.append(request.isHttp10() ? " HTTP/1.0" : " HTTP/1.1");
        }
        line.append("\" ").append(status).append(' ').append(bytes);
        field(line, request, "referer");
        field(line, request, "user-agent");
        String calls = exchange == null ? null : exchange.calls();
        line.append(" method=");
        append(line, calls == null ? "-" : calls, ' ');
        line.append(" outcome=").append(exchange == null || calls == null ? "-" : exchange.outcome());
        if (request != null) {
            long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - request.startNanos());
            line.append(" duration_us=")
                    .append(micros)
                    .append(" request_bytes=")
                    .append(request.bodyBytes());
        }
        log.atLevel(level).log("{}", line);
    }

    private static void field(StringBuilder line, @Nullable IncomingRequest request, String name) {
        String value = request == null ? null : request.headers().get(name);
        line.append(" \"");
        // The query of a referring page may hold keys too.
        int query = value == null || !name.equals("referer") ? -1 : value.indexOf('?');
        append(line, value == null ? "-" : query < 0 ? value : value.substring(0, query), '\0');
        line.append('"');
    }

    /** The address without its port. */
    private static String host(String remoteAddress) {
        int colon = remoteAddress.lastIndexOf(':');
        return colon <= 0 || remoteAddress.endsWith("]") ? remoteAddress : remoteAddress.substring(0, colon);
    }

    /** Text of the peer, which must not be able to forge a field or a line. */
    private static void append(StringBuilder line, String text, char separator) {
        for (int i = 0; i < Math.min(text.length(), MAX_TEXT); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == separator) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        if (text.length() > MAX_TEXT) {
            line.append("...");
        }
    }
}
