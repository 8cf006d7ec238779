package dev.parley.broker.management;

import dev.parley.broker.connection.Connection;
import dev.parley.broker.connection.ConnectionDetails;
import dev.parley.broker.connection.ConnectionState;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Connections of AMQP, and closing them. Users who are no monitors see their own. Thread-safe. */
final class ConnectionResource {
    private final ApiContext context;

    ConnectionResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("connections").get(Right.MANAGEMENT, request -> Listing.paged(request, list(visible(request))));
        routes.at("vhosts/:vhost/connections").get(Right.VIRTUAL_HOST, request -> {
            String name = context.virtualHost(request).name();
            return Listing.paged(
                    request,
                    list(visible(request).stream()
                            .filter(connection -> connection.virtualHostName().equals(name))
                            .toList()));
        });
        routes.at("connections/username/:user")
                .get(
                        Right.MANAGEMENT,
                        request -> Listing.all(
                                request,
                                ofUser(request).stream()
                                        .map(ConnectionResource::tracked)
                                        .toList()))
                .delete(Right.MANAGEMENT, this::closeAll);
        routes.at("connections/:connection")
                .get(Right.MANAGEMENT, request -> Listing.one(request, json(find(context, request))))
                .delete(Right.MANAGEMENT, this::close);
    }

    private List<Connection> visible(ApiRequest request) {
        return visible(context, request);
    }

    /** The open connections that a user may see, in the order in which they were opened. */
    static List<Connection> visible(ApiContext context, ApiRequest request) {
        return context.broker().connections().stream()
                .filter(Connection::isOpen)
                .filter(connection -> request.user().isMonitor()
                        || connection.userName().equals(request.user().name()))
                .sorted(Comparator.comparingLong(Connection::id))
                .toList();
    }

    /** The connection that the path names as {@code connection}. */
    static Connection find(ApiContext context, ApiRequest request) {
        return visible(context, request).stream()
                .filter(connection -> connection.toString().equals(request.part("connection")))
                .findFirst()
                .orElseThrow(ApiException::notFound);
    }

    private List<Connection> ofUser(ApiRequest request) {
        return visible(request).stream()
                .filter(connection -> connection.userName().equals(request.part("user")))
                .toList();
    }

    private static List<Map<String, @Nullable Object>> list(List<Connection> connections) {
        return connections.stream().map(ConnectionResource::json).toList();
    }

    private static Map<String, @Nullable Object> tracked(Connection connection) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", connection.toString());
        json.put("vhost", connection.virtualHostName());
        json.put("user", connection.userName());
        json.put("node", ApiContext.NODE);
        return json;
    }

    private static Map<String, @Nullable Object> json(Connection connection) {
        ConnectionDetails details = connection.details();
        ConnectionState state = details.state();
        InetSocketAddress server = details.serverAddress();
        Map<String, @Nullable Object> json = Stats.connection(connection);
        json.put("node", ApiContext.NODE);
        json.put("vhost", connection.virtualHostName());
        json.put("user", connection.userName());
        json.put("user_who_performed_action", connection.userName());
        json.put("user_provided_name", details.clientName());
        json.put("auth_mechanism", details.mechanism());
        json.put("host", Stats.host(server));
        json.put("port", server == null ? 0 : server.getPort());
        json.put("protocol", "AMQP 0-9-1");
        json.put("type", "network");
        json.put("state", connection.isBlocked() ? "blocked" : "running");
        json.put("channels", state.channels().size());
        json.put("channel_max", connection.tuning().channelMax());
        json.put("frame_max", connection.tuning().frameMax());
        json.put("timeout", connection.tuning().heartbeatSeconds());
        json.put("connected_at", details.connectedAt().toEpochMilli());
        json.put("client_properties", details.clientProperties());
        json.put("recv_oct", state.octetsReceived());
        json.put("recv_cnt", state.framesReceived());
        json.put("send_oct", state.octetsSent());
        json.put("send_cnt", state.framesSent());
        json.put("send_pend", 0);
        putEncryption(json, details.encryption());
        return json;
    }

    private static void putEncryption(Map<String, @Nullable Object> json, @Nullable SSLSession tls) {
        json.put("ssl", tls != null);
        json.put("ssl_protocol", tls == null ? null : tls.getProtocol());
        json.put("ssl_cipher", tls == null ? null : tls.getCipherSuite());
        json.put("ssl_hash", null);
        json.put("ssl_key_exchange", null);
        X509Certificate certificate = certificate(tls);
        json.put(
                "peer_cert_subject",
                certificate == null
                        ? null
                        : certificate.getSubjectX500Principal().getName());
        json.put(
                "peer_cert_issuer",
                certificate == null
                        ? null
                        : certificate.getIssuerX500Principal().getName());
        json.put(
                "peer_cert_validity",
                certificate == null
                        ? null
                        : instant(certificate.getNotBefore().toInstant()) + " - "
                                + instant(certificate.getNotAfter().toInstant()));
    }

    private static String instant(Instant instant) {
        return instant.toString();
    }

    private static @Nullable X509Certificate certificate(@Nullable SSLSession tls) {
        try {
            return tls != null && tls.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? certificate
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private Response close(ApiRequest request) {
        find(context, request).forceClose(reason(request));
        return Response.noContent();
    }

    private Response closeAll(ApiRequest request) {
        ofUser(request).forEach(connection -> connection.forceClose(reason(request)));
        return Response.noContent();
    }

    private static String reason(ApiRequest request) {
        String reason = request.reason();
        return reason == null ? "Closed via management plugin" : reason;
    }
}
