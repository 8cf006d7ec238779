package dev.parley;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a call goes, or what a server listens to, as oslo.messaging's Target has it. Every part may be absent ({@code null}).
 *
 * <ul>
 *   <li>A client behind a broker needs a topic; exchange, server, fanout, namespace and version are optional.
 *   <li>A server behind a broker needs a topic and a server name; the exchange is optional.
 *   <li>An endpoint has a namespace, a version and legacy namespaces only. The direct wires know just these.
 * </ul>
 *
 * Immutable.
 *
 * @param exchange the broker exchange; absent means the transport's control exchange
 * @param topic the topic that servers share
 * @param namespace the namespace of the method; absent is the null namespace
 * @param version {@code major.minor}; absent means the peer's default, 1.0
 * @param server the name of one server on the topic
 * @param fanout whether every server on the topic gets the message
 * @param legacyNamespaces further namespaces that an endpoint accepts
 */
public record Target(
        @Nullable String exchange,
        @Nullable String topic,
        @Nullable String namespace,
        @Nullable String version,
        @Nullable String server,
        boolean fanout,
        List<String> legacyNamespaces) {
    private static final Target NONE = new Target(null, null, null, null, null, false, List.of());

    public Target {
        legacyNamespaces = List.copyOf(legacyNamespaces);
        if (version != null && !version.matches("\\d+\\.\\d+(\\.\\d+)?")) {
            throw new InvalidTargetException("version '" + version + "' is not of the form major.minor, such as 2.0");
        }
    }

    /** A target with nothing set. */
    public static Target none() {
        return NONE;
    }

    /** A target with a topic. */
    public static Target topic(String topic) {
        return NONE.withTopic(topic);
    }

    /** A target with a namespace. */
    public static Target namespace(String namespace) {
        return NONE.inNamespace(namespace);
    }

    /** This target on another exchange. */
    public Target exchange(String newExchange) {
        return new Target(
                Objects.requireNonNull(newExchange), topic, namespace, version, server, fanout, legacyNamespaces);
    }

    /** This target with another topic. */
    public Target withTopic(String newTopic) {
        return new Target(
                exchange, Objects.requireNonNull(newTopic), namespace, version, server, fanout, legacyNamespaces);
    }

    /** This target with another namespace; {@code null} is the null namespace. */
    public Target inNamespace(@Nullable String newNamespace) {
        return new Target(exchange, topic, newNamespace, version, server, fanout, legacyNamespaces);
    }

    /** This target with another version, {@code major.minor}. */
    public Target version(String newVersion) {
        return new Target(
                exchange, topic, namespace, Objects.requireNonNull(newVersion), server, fanout, legacyNamespaces);
    }

    /** This target for one server. */
    public Target server(String newServer) {
        return new Target(
                exchange, topic, namespace, version, Objects.requireNonNull(newServer), fanout, legacyNamespaces);
    }

    /** This target for every server on the topic. */
    public Target toAll() {
        return new Target(exchange, topic, namespace, version, server, true, legacyNamespaces);
    }

    /** This target accepting further namespaces. */
    public Target legacyNamespaces(String... namespaces) {
        return new Target(exchange, topic, namespace, version, server, fanout, List.of(namespaces));
    }

    /** Whether anything is set that only a broker can do: exchange, topic, server or fanout. */
    public boolean needsBroker() {
        return exchange != null || topic != null || server != null || fanout;
    }

    /** Lists the parts that are set, as oslo.messaging prints them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("<Target");
        part(text, "exchange", exchange);
        part(text, "topic", topic);
        part(text, "namespace", namespace);
        part(text, "version", version);
        part(text, "server", server);
        part(text, "fanout", fanout ? "true" : null);
        part(text, "legacyNamespaces", legacyNamespaces.isEmpty() ? null : legacyNamespaces.toString());
        return text.append('>').toString();
    }

    private static void part(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(text.length() > 7 ? ", " : " ").append(name).append('=').append(value);
        }
    }
}
