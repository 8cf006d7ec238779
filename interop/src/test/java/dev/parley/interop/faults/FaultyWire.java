package dev.parley.interop.faults;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The wires with sockets. */
enum FaultyWire {
    XMLRPC("xmlrpc+http://127.0.0.1:0/RPC2"),
    JSONRPC_HTTP("jsonrpc+http://127.0.0.1:0/rpc"),
    JSONRPC_WS("jsonrpc+ws://127.0.0.1:0/rpc"),
    JSONRPC_TCP("jsonrpc+tcp://127.0.0.1:0"),
    ZERORPC("zerorpc+tcp://127.0.0.1:0"),
    OSLO("rabbit://guest:guest@127.0.0.1:0/");

    private static final String RECONNECT =
            "rabbit_retry_interval=0.02&rabbit_retry_backoff=0.1&rabbit_interval_max=0.2";

    private final String address;

    FaultyWire(String address) {
        this.address = address;
    }

    /** Where a server listens, on a free port. */
    String address() {
        return address;
    }

    /** Whether a broker is between client and server. */
    boolean brokered() {
        return this == OSLO;
    }

    Object[] arguments(int id, String text) {
        return brokered() ? new Object[] {Args.named("id", id).and("text", text)} : new Object[] {id, text};
    }

    /** A server of these methods on this wire, with a broker of its own where it needs one. */
    Peer serve(Object endpoint, String options) {
        return serve(RpcServer.builder().endpoint(endpoint), options);
    }

    Peer serve(RpcServer.Builder methods, String options) {
        if (!brokered()) {
            String extended = options.isEmpty() ? address : address + "?" + options;
            return new Peer(this, methods.listen(extended).build().start(), null, Target.none());
        }
        EmbeddedBroker broker =
                EmbeddedBroker.builder().maxConnections(1_000_000).start();
        try {
            Target target = Target.topic("faults-" + UUID.randomUUID());
            return new Peer(this, served(methods, broker.address(), target), broker, target);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private static RpcServer served(RpcServer.Builder methods, String broker, Target target) {
        return methods.listen(broker + "?" + RECONNECT, target.withServer("one"))
                .build()
                .start();
    }

    /** A server at this broker, which may be behind a proxy. */
    static RpcServer serveAt(Object endpoint, String broker, Target target) {
        return served(RpcServer.builder().endpoint(endpoint), broker, target);
    }

    /** What listens, and clients of it. Closing it closes the server and its broker. Thread-safe. */
    record Peer(FaultyWire wire, RpcServer server, @Nullable EmbeddedBroker broker, Target target)
            implements AutoCloseable {
        /** Where clients connect to. */
        String address() {
            return broker != null
                    ? broker.address()
                    : server.addresses().getFirst().toUri();
        }

        int port() {
            return URI.create(address()).getPort();
        }

        /** The address through a proxy. */
        String through(FaultProxy proxy) {
            return at(proxy.port());
        }

        String at(int port) {
            return address().replace(":" + port(), ":" + port);
        }

        RpcClient.Builder client(String address) {
            return RpcClient.builder(wire.brokered() ? address + "?" + RECONNECT : address)
                    .target(target);
        }

        @Override
        public void close() {
            server.close();
            if (broker != null) {
                broker.close();
            }
        }
    }
}
