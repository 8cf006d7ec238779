package dev.parley.net.http.server;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.HttpResponse;
import dev.parley.security.Credentials;
import dev.parley.spi.Authentication;
import dev.parley.spi.Login;
import io.netty.handler.codec.http.HttpHeaders;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The login of an HTTP request, by its head. Thread-safe. */
final class LoginCheck {
    private static final String BASIC = "Basic realm=\"parley\", charset=\"UTF-8\"";
    private static final String BEARER = "Bearer realm=\"parley\"";

    private final Authentication authentication;

    LoginCheck(Authentication authentication) {
        this.authentication = authentication;
    }

    /** Whether TLS clients are asked for a certificate. */
    boolean wantsCertificates() {
        return authentication.accepts(Credentials.Certificate.class);
    }

    /** Whether TLS clients without a certificate are refused in the handshake. */
    boolean needsCertificates() {
        return authentication.acceptsOnly(Credentials.Certificate.class);
    }

    /**
     * Checks the credentials of a request.
     *
     * @param certificates those of the TLS client; empty for none
     */
    CompletableFuture<Login> check(HttpHeaders headers, List<X509Certificate> certificates, String remoteAddress) {
        return authentication.authenticate(credentials(headers, certificates), remoteAddress);
    }

    private Credentials credentials(HttpHeaders headers, List<X509Certificate> certificates) {
        List<String> given = headers.getAll("authorization");
        Credentials sent = given.size() == 1 ? ofHeader(given.getFirst()) : null;
        boolean certified = !certificates.isEmpty() && wantsCertificates();
        if (sent != null && (authentication.accepts(sent.getClass()) || !certified)) {
            return sent;
        }
        return certified ? new Credentials.Certificate(certificates) : new Credentials.None();
    }

    private static @Nullable Credentials ofHeader(String value) {
        if (value.regionMatches(true, 0, "Bearer ", 0, 7)) {
            String token = value.substring(7).strip();
            return token.isEmpty() ? null : new Credentials.Token(token);
        }
        BasicCredentials basic = BasicCredentials.ofHeader(value);
        return basic == null ? null : new Credentials.Password(basic.user(), basic.password());
    }

    /** The response to a request whose login has not been accepted. */
    HttpResponse refusal(Login login) {
        if (login instanceof Login.Unavailable) {
            return HttpResponse.text(503, "the credentials cannot be checked now; try again later")
                    .with("Retry-After", "1");
        }
        boolean password = authentication.accepts(Credentials.Password.class);
        boolean token = authentication.accepts(Credentials.Token.class);
        if (!password && !token) {
            return HttpResponse.text(403, "a client certificate that this server accepts is required");
        }
        HttpResponse response = HttpResponse.text(
                401,
                (password && token
                                ? "a user name and password or a token"
                                : password ? "a user name and password" : "a token")
                        + " that this server accepts is required");
        if (token) {
            response = response.with("WWW-Authenticate", BEARER);
        }
        return password ? response.with("WWW-Authenticate", BASIC) : response;
    }
}
