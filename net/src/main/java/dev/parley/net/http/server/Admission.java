package dev.parley.net.http.server;

import dev.parley.net.http.HttpResponse;
import dev.parley.spi.Login;
import dev.parley.spi.MessageCharge;
import io.netty.handler.codec.http.HttpRequest;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Decides by a request's head who has sent it and where it goes, before its body is read. Immutable. */
record Admission(
        HttpServer server,
        HttpRequest head,
        String path,
        @Nullable String query,
        MessageCharge charge) {
    /**
     * Decides.
     *
     * @param certificates those of the TLS client; empty for none
     * @return completed already, unless finding out who the caller is takes longer
     */
    CompletableFuture<IncomingRequest> decide(List<X509Certificate> certificates, String remoteAddress) {
        HttpResponse browser = RequestCheck.browser(server, head);
        LoginCheck logins = server.logins();
        if (browser != null) {
            return CompletableFuture.completedFuture(request(RequestCheck.refuse(browser), null));
        } else if (logins == null) {
            return CompletableFuture.completedFuture(request(RequestCheck.route(server, head, path), null));
        }
        return logins.check(head.headers(), certificates, remoteAddress)
                .thenApply(login -> login instanceof Login.Accepted accepted
                        ? request(RequestCheck.route(server, head, path), accepted.caller())
                        : request(RequestCheck.refuse(logins.refusal(login)), null));
    }

    private IncomingRequest request(RequestCheck.Route route, @Nullable Principal caller) {
        return new IncomingRequest(
                head, path, query, route, caller, server.limits().maxBody(), charge);
    }
}
