package dev.parley.interop.behaviour;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.Target;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server and a client on one wire. A subclass per wire says where the server listens and what its protocol cannot carry. */
abstract class WireFixture {
    BehaviourService service = new BehaviourService();
    RpcServer server;
    RpcClient client;
    BehaviourApi api;

    /** Where to listen; port 0 for a free one. */
    abstract String listenAddress();

    /** Options of a server's address, all that are of no use to a client among them. */
    abstract String serverOptions();

    /** The server's target, for brokers. */
    Target serverTarget() {
        return Target.none();
    }

    /** The client's target, for brokers. */
    Target clientTarget() {
        return Target.none();
    }

    /** Whether the wire carries the caller's context. */
    boolean carriesContext() {
        return false;
    }

    /** Whether a client can ask the server what it offers. */
    boolean introspects() {
        return true;
    }

    /** Whether arguments go by name. */
    boolean named() {
        return false;
    }

    /** Whether a broker keeps the calls while no server is there. */
    boolean brokered() {
        return serverTarget().needsBroker();
    }

    RpcServer.Builder serverBuilder() {
        return RpcServer.builder()
                .endpoint(service)
                .endpoint(new Control(), Target.namespace("control").withVersion("2.0"))
                .mapException(BehaviourService.OutOfStock.class, "shop.errors.OutOfStock")
                .listen(listenAddress(), serverTarget());
    }

    @BeforeEach
    void start() {
        server = serverBuilder().build().start();
        client = connect();
        api = client.proxy(BehaviourApi.class);
    }

    RpcClient connect() {
        return RpcClient.builder(server.addresses().getFirst().toUri())
                .target(clientTarget())
                .build();
    }

    @AfterEach
    void stop() {
        service.over.countDown();
        client.close();
        server.close();
    }

    Object[] args(Object... namesAndValues) {
        if (named()) {
            Args.Named named = Args.named(Map.of());
            for (int i = 0; i < namesAndValues.length; i += 2) {
                named = named.and((String) namesAndValues[i], namesAndValues[i + 1]);
            }
            return new Object[] {named};
        }
        return IntStream.range(0, namesAndValues.length / 2)
                .mapToObj(i -> namesAndValues[2 * i + 1])
                .toArray();
    }

    public static class Control {
        public String status() {
            return "fine";
        }

        public String callBack(RpcContext context) {
            return context.caller().call("name", String.class);
        }
    }

    /** What a client serves. */
    public static class Callbacks {
        public String name() {
            return "the client";
        }
    }

    /** Whether the server can call its client. */
    boolean bothWays() {
        return false;
    }

    /** Whether the protocol gives codes a meaning, so that a method's own code may be taken for it. */
    boolean codesHaveMeaning() {
        return false;
    }

    /** A client of the methods that control the service. */
    static RpcClient control(RpcClient client) {
        return client.prepare(options -> options.withNamespace("control").withVersion("2.0"));
    }
}
