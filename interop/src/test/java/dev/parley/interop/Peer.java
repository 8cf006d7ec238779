package dev.parley.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A foreign implementation that {@code peers/install} installs in an environment of its own. */
public enum Peer {
    /** Debian's own, 3.10. */
    RABBITMQ("rabbitmq", Kind.SERVER),
    RABBITMQ_4_0("rabbitmq-4.0", Kind.SERVER),
    RABBITMQ_4_3("rabbitmq-4.3", Kind.SERVER),
    /** Python's standard library: {@code xmlrpc.server}, {@code xmlrpc.client}. */
    PYTHON("python", Kind.PYTHON),
    /** websockets and websocket-client. */
    PYTHON_WEBSOCKETS("python-websockets", Kind.PYTHON),
    JSONRPCLIB("jsonrpclib", Kind.PYTHON),
    JSONRPCLIB_PELIX("jsonrpclib-pelix", Kind.PYTHON),
    /** A language server. */
    PYLSP("pylsp", Kind.PYTHON),
    /** The client of the makers of Zabbix. */
    ZABBIX_UTILS("zabbix-utils", Kind.PYTHON),
    ZERORPC_PYTHON("zerorpc-python", Kind.PYTHON),
    /** libzmq. */
    PYZMQ("pyzmq", Kind.PYTHON),
    /** pika and kombu. */
    PYTHON_AMQP("python-amqp", Kind.PYTHON),
    /** pytest and pika. */
    PYTEST("pytest", Kind.PYTHON),
    /** pika with its own tests. */
    PIKA("pika", Kind.PYTHON),
    /** aio-pika and aiormq with their own tests. */
    AIO_PIKA("aio-pika", Kind.PYTHON),
    /** pyrabbit2 and Flower, clients of RabbitMQ's management API. */
    RABBITMQ_MANAGEMENT("rabbitmq-management", Kind.PYTHON),
    /** The own tests of RabbitMQ's Java client, as sources. */
    RABBITMQ_JAVA_CLIENT("rabbitmq-java-client", Kind.JAVA),
    /** The newest oslo.messaging. */
    OSLO_MESSAGING("oslo-messaging", Kind.PYTHON),
    /** The same with its driver for Kafka. */
    OSLO_MESSAGING_KAFKA("oslo-messaging-kafka", Kind.PYTHON),
    /** oslo.messaging 14.0.3, Debian 12's. */
    OSLO_MESSAGING_14("oslo-messaging-14", Kind.PYTHON),
    /** oslo.messaging 2.9.0 of 2015. */
    OSLO_MESSAGING_2("oslo-messaging-2", Kind.PYTHON),
    ZERORPC_NODE("zerorpc-node", Kind.NODE),
    JAYSON("jayson", Kind.NODE),
    JSON_RPC_2("json-rpc-2.0", Kind.NODE),
    /** rpc-websockets, and ws below it. */
    RPC_WEBSOCKETS("rpc-websockets", Kind.NODE),
    /** VS Code's language server for JSON. */
    VSCODE_JSON("vscode-json", Kind.NODE),
    /** The meta-schemas of OpenRPC and of the schemas in it. */
    OPEN_RPC("open-rpc", Kind.NODE),
    XMLRPC_NODE("xmlrpc-node", Kind.NODE),
    AMQPLIB("amqplib", Kind.NODE),
    /** Jest and amqplib. */
    JEST("jest", Kind.NODE),
    /** Go and RabbitMQ's client for it. */
    AMQP091_GO("amqp091-go", Kind.GO),
    /** A web browser without a window, driven from Node. */
    CHROMIUM("chromium", Kind.NODE),
    /** The server of xmlrpc-c, compiled by {@code peers/install}. */
    XMLRPC_C("xmlrpc-c", Kind.C),
    /** Perl's RPC::XML. */
    XMLRPC_PERL("xmlrpc-perl", Kind.PERL),
    /** Perl's JSON::RPC. */
    JSONRPC_PERL("jsonrpc-perl", Kind.PERL),
    /** Ruby's own XML-RPC. */
    XMLRPC_RUBY("xmlrpc-ruby", Kind.RUBY),
    /** PHP with its built-in web server, its HTTP, curl and the extension xmlrpc. */
    PHP("php", Kind.PHP);

    private enum Kind {
        SERVER,
        PYTHON,
        NODE,
        JAVA,
        GO,
        C,
        PERL,
        RUBY,
        PHP
    }

    /** Where {@code peers/install} put everything, by the same rule. */
    static final Path HOME = home();

    /** The versions of RabbitMQ besides Debian's own that this run is for, separated by commas. */
    static final @Nullable String VERSIONS = System.getenv("PARLEY_RABBITMQ_VERSIONS");

    private final String installedAs;
    private final Kind kind;

    Peer(String installedAs, Kind kind) {
        this.installedAs = installedAs;
        this.kind = kind;
    }

    /** The name by which {@code peers/install} knows it. */
    public String installedAs() {
        return installedAs;
    }

    /** The folder of its environment. */
    public Path folder() {
        return HOME.resolve(installedAs);
    }

    /**
     * Whether this run is to use it. The newer versions of RabbitMQ, which are big, only if {@code
     * PARLEY_RABBITMQ_VERSIONS} names them; without that variable, if {@code CI=true}.
     */
    public boolean isWanted() {
        if (this != RABBITMQ_4_0 && this != RABBITMQ_4_3) {
            return true;
        }
        return VERSIONS == null
                ? "true".equals(System.getenv("CI"))
                : List.of(VERSIONS.split(",")).contains(installedAs.substring("rabbitmq-".length()));
    }

    /** Why this peer cannot be used; empty if it can. */
    public Optional<String> missing() {
        if (this == RABBITMQ && RabbitMq.GIVEN != null) {
            return Optional.empty();
        }
        Path status = HOME.resolve("status").resolve(installedAs);
        try {
            String text = Files.readString(status).strip();
            return text.equals("ok") ? Optional.empty() : Optional.of(text);
        } catch (IOException e) {
            return Optional.of("not installed (run interop/peers/install)");
        }
    }

    /**
     * The command line that runs a program with this peer's interpreter and packages.
     *
     * @param program a file of {@code peers/python} or the like, a compiled program, or an interpreter's own option
     *     such as {@code -c} or {@code -e}
     */
    public List<String> command(String program, String... arguments) {
        String folder = kind.name().toLowerCase(Locale.ROOT);
        List<String> command = new ArrayList<>();
        if (kind == Kind.C) {
            command.add(executable(program).toString());
            command.addAll(List.of(arguments));
            return command;
        }
        switch (kind) {
            case PYTHON -> command.add(executable("python").toString());
            case NODE, PERL, RUBY, PHP -> command.add(folder);
            case SERVER, JAVA, GO, C -> throw new IllegalArgumentException(this + " runs no programs");
        }
        command.add(
                program.startsWith("-")
                        ? program
                        : sources().resolve(folder).resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** A command that the peer itself brings, such as {@code zerorpc}. */
    public Path executable(String name) {
        return folder().resolve("bin").resolve(name);
    }

    /** What its programs need in their environment. */
    public Map<String, String> environment() {
        return switch (kind) {
            // Warnings about eventlet's end would drown what a test wants to see.
            case PYTHON -> Map.of("PYTHONUNBUFFERED", "1", "PYTHONWARNINGS", "ignore", "PYTHONDONTWRITEBYTECODE", "1");
            case NODE -> Map.of("NODE_PATH", folder().resolve("node_modules").toString());
            case SERVER, JAVA, GO, C, PERL, RUBY, PHP -> Map.of();
        };
    }

    /** The folder {@code interop/peers} of the source tree. */
    static Path sources() {
        return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("peers");
    }

    private static Path home() {
        String own = System.getenv("PARLEY_PEERS");
        if (own != null && !own.isEmpty()) {
            return Path.of(own).toAbsolutePath();
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        Path cache = caches != null && !caches.isEmpty()
                ? Path.of(caches)
                : Path.of(System.getProperty("user.home"), ".cache");
        return cache.resolve("parley-peers");
    }
}
