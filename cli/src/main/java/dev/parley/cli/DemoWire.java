package dev.parley.cli;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One wire of the demo.
 *
 * @param name the protocol's name
 * @param address where the calculator is served if the port is free
 * @param server what its server listens to behind a broker
 * @param client where its client's calls go behind a broker
 * @param named whether arguments go by name
 * @param python how Python calls the address it is really served on; {@code null} if it cannot
 */
record DemoWire(
        String name,
        Address address,
        Target server,
        Target client,
        boolean named,
        Function<Address, @Nullable String> python) {

    /** A call of two numbers, and the text of the right answer. */
    private record Check(String method, Number x, Number y, Class<?> type, String answer) {
        Args args(boolean named) {
            return named ? Args.named("x", x).and("y", y) : Args.of(x, y);
        }
    }

    private static final List<Check> CHECKS = List.of(
            new Check("add", 2, 3, long.class, "5"),
            new Check("subtract", 3, 2, long.class, "1"),
            new Check("multiply", 2, 3, long.class, "6"),
            new Check("divide", 7, 2, double.class, "3.5"));

    /** All wires, in the order they are shown. */
    static List<DemoWire> all(Address broker) {
        return List.of(
                direct(
                        "XML-RPC",
                        "xmlrpc+http://127.0.0.1:8088/RPC2",
                        address -> "from xmlrpc.client import ServerProxy; print(ServerProxy('http://"
                                + address.hosts().getFirst() + address.path() + "').add(2, 3))"),
                direct(
                        "JSON-RPC",
                        "jsonrpc+http://127.0.0.1:8080/jsonrpc",
                        address -> "import jsonrpclib; print(jsonrpclib.Server('http://"
                                + address.hosts().getFirst() + address.path() + "').add(2, 3))"),
                direct(
                        "zerorpc",
                        "zerorpc+tcp://127.0.0.1:4242",
                        address -> "import zerorpc; c = zerorpc.Client('tcp://"
                                + address.hosts().getFirst() + "'); print(c.add(2, 3))"),
                brokered(
                        "oslo.messaging",
                        broker,
                        address -> "import oslo_messaging as m; from oslo_config.cfg import CONF; "
                                + "print(getattr(m, 'get_rpc_client', m.RPCClient)(m.get_rpc_transport(CONF, '"
                                + address.toUri()
                                + "'), m.Target(topic='test')).call({}, 'add', x=2, y=3))"),
                brokered("in memory", Address.parse("memory://"), address -> null));
    }

    private static DemoWire direct(String name, String address, Function<Address, @Nullable String> python) {
        return new DemoWire(name, Address.parse(address), Target.none(), Target.none(), false, python);
    }

    private static DemoWire brokered(String name, Address address, Function<Address, @Nullable String> python) {
        Target topic = Target.topic("test");
        return new DemoWire(name, address, topic.withServer("server1"), topic, true, python);
    }

    /** Whether its address has a port of its own, so that another one will do when that is taken. */
    boolean binds() {
        return !server.needsBroker();
    }

    /** The call that is shown. */
    String shownCall() {
        return named ? "add(x=2, y=3)" : "add(2, 3)";
    }

    /**
     * Calls the calculator through this wire.
     *
     * @return the answer to {@link #shownCall}
     * @throws CommandException if an answer is wrong
     * @throws RpcException if a call fails that should not
     */
    String call(Address bound) {
        try (RpcClient peer = RpcClient.connect(bound.toUri(), client)) {
            for (Check check : CHECKS) {
                String answer = String.valueOf(peer.call(check.method(), check.type(), check.args(named)));
                if (!answer.equals(check.answer())) {
                    throw CommandException.failed(check.method() + "(" + check.x() + ", " + check.y() + ") returned "
                            + answer + " instead of " + check.answer());
                }
            }
            checkError(peer);
        }
        return CHECKS.getFirst().answer();
    }

    private void checkError(RpcClient peer) {
        Args args = named ? Args.named(Map.of("x", 1, "y", 0)) : Args.of(1, 0);
        Object answer;
        try {
            answer = peer.call("divide", double.class, args);
        } catch (RemoteException e) {
            if (e.remoteMessage().contains("division by zero")) {
                return;
            }
            throw e;
        }
        throw CommandException.failed("divide(1, 0) returned " + Objects.toString(answer) + " instead of failing");
    }
}
