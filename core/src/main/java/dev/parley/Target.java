package dev.parley;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a call goes, or what a server listens to, as oslo.messaging's Target. Every part may be unset ({@code null}).
 *
 * <ul>
 *   <li>A client behind a broker needs a topic; exchange, server, fanout, namespace and version are optional.
 *   <li>A server behind a broker needs a topic and a server name; the exchange is optional.
 *   <li>An endpoint has a namespace, a version and legacy namespaces only. The direct wires know just these.
 * </ul>
 *
 * <p>Every {@code with…} method returns a copy; {@code null} unsets. Immutable.
 */
public final class Target {
    private static final Target NONE = new Target(null, null, null, null, null, false, List.of());

    private final @Nullable String exchange;
    private final @Nullable String topic;
    private final @Nullable String namespace;
    private final @Nullable String version;
    private final @Nullable String server;
    private final boolean fanout;
    private final List<@Nullable String> legacyNamespaces;

    private Target(
            @Nullable String exchange,
            @Nullable String topic,
            @Nullable String namespace,
            @Nullable String version,
            @Nullable String server,
            boolean fanout,
            List<@Nullable String> legacyNamespaces) {
        this.exchange = exchange;
        this.topic = topic;
        this.namespace = namespace;
        this.version = version;
        this.server = server;
        this.fanout = fanout;
        this.legacyNamespaces = legacyNamespaces;
    }

    /** A target with nothing set. */
    public static Target none() {
        return NONE;
    }

    /** A target with a topic. */
    public static Target topic(String topic) {
        return NONE.withTopic(Objects.requireNonNull(topic, "topic"));
    }

    /** A target with a namespace. */
    public static Target namespace(String namespace) {
        return NONE.withNamespace(Objects.requireNonNull(namespace, "namespace"));
    }

    /** The broker's exchange; {@code null} means the transport's control exchange. */
    public @Nullable String exchange() {
        return exchange;
    }

    /** The topic that servers share. */
    public @Nullable String topic() {
        return topic;
    }

    /** The namespace of the method; {@code null} is the null namespace. */
    public @Nullable String namespace() {
        return namespace;
    }

    /** The version, {@code major.minor}; {@code null} means the peer's default, 1.0. */
    public @Nullable String version() {
        return version;
    }

    /** The name of one server on the topic. */
    public @Nullable String server() {
        return server;
    }

    /** Whether every server on the topic gets the message. */
    public boolean fanout() {
        return fanout;
    }

    /**
     * Further namespaces that an endpoint accepts; an element may be {@code null}, the null namespace. Unmodifiable.
     */
    public List<@Nullable String> legacyNamespaces() {
        return legacyNamespaces;
    }

    /** This target on another exchange. */
    public Target withExchange(@Nullable String newExchange) {
        return new Target(newExchange, topic, namespace, version, server, fanout, legacyNamespaces);
    }

    /** This target with another topic. */
    public Target withTopic(@Nullable String newTopic) {
        return new Target(exchange, newTopic, namespace, version, server, fanout, legacyNamespaces);
    }

    /** This target with another namespace. */
    public Target withNamespace(@Nullable String newNamespace) {
        return new Target(exchange, topic, newNamespace, version, server, fanout, legacyNamespaces);
    }

    /**
     * This target with another version.
     *
     * @throws InvalidTargetException if it is not of the form {@code major.minor}
     */
    public Target withVersion(@Nullable String newVersion) {
        if (newVersion != null && !newVersion.matches("\\d+\\.\\d+(\\.\\d+)?")) {
            throw new InvalidTargetException(
                    "version '" + newVersion + "' is not of the form major.minor, such as 2.0");
        }
        return new Target(exchange, topic, namespace, newVersion, server, fanout, legacyNamespaces);
    }

    /** This target for one server. */
    public Target withServer(@Nullable String newServer) {
        return new Target(exchange, topic, namespace, version, newServer, fanout, legacyNamespaces);
    }

    /** This target for every server on the topic, or no more. */
    public Target withFanout(boolean newFanout) {
        return new Target(exchange, topic, namespace, version, server, newFanout, legacyNamespaces);
    }

    /**
     * This target with these further namespaces, instead of those it has; {@code null} is the null namespace, so an
     * endpoint can move from the null namespace to one with a name while old clients still call it.
     */
    public Target withLegacyNamespaces(@Nullable String @Nullable ... namespaces) {
        List<@Nullable String> legacy = new ArrayList<>();
        if (namespaces == null) {
            legacy.add(null);
        } else {
            legacy.addAll(Arrays.asList(namespaces));
        }
        return new Target(exchange, topic, namespace, version, server, fanout, Collections.unmodifiableList(legacy));
    }

    /** Whether anything is set that only a broker can do: exchange, topic, server or fanout. */
    public boolean needsBroker() {
        return exchange != null || topic != null || server != null || fanout;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Target target
                && Objects.equals(exchange, target.exchange)
                && Objects.equals(topic, target.topic)
                && Objects.equals(namespace, target.namespace)
                && Objects.equals(version, target.version)
                && Objects.equals(server, target.server)
                && fanout == target.fanout
                && legacyNamespaces.equals(target.legacyNamespaces);
    }

    @Override
    public int hashCode() {
        return Objects.hash(exchange, topic, namespace, version, server, fanout, legacyNamespaces);
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
