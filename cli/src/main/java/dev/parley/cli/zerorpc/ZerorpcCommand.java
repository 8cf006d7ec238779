package dev.parley.cli.zerorpc;

import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.spi.Wires;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code parley zerorpc}, with the options, the output and the exit codes of Python's command {@code zerorpc}. Not
 * thread-safe.
 */
public final class ZerorpcCommand {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    /** What becomes of the -1 that Python's command returns if it has nothing to do. */
    private static final int NOTHING_TO_DO = 255;

    private static final String TCP = "tcp://";
    private static final String ZEROMQ_ERROR = "zmq.error.ZMQError";

    private final PrintStream out;
    private final PrintStream err;
    private final int columns;
    private final Environment environment;

    /** What the command needs of the program that it is a part of. */
    public interface Environment {
        /**
         * The object to serve for what a command line names: a class, or a source file.
         *
         * @throws RuntimeException with a message if there is none
         */
        Object load(String classOrFile);

        /** Logs more from here on. */
        void debug();

        /** Returns when a server is to stop. */
        void awaitStop();
    }

    /**
     * A command.
     *
     * @param out where results go
     * @param err where everything else goes
     * @param columns the width of the help
     */
    public ZerorpcCommand(PrintStream out, PrintStream err, int columns, Environment environment) {
        this.out = Objects.requireNonNull(out, "out");
        this.err = Objects.requireNonNull(err, "err");
        this.columns = columns;
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    /** Runs the command; returns its exit code. */
    public int run(List<String> arguments) {
        Invocation invocation;
        try {
            invocation = Invocation.of(arguments);
        } catch (UsageException e) {
            err.print(Invocation.usage(columns) + "zerorpc: error: " + e.getMessage() + "\n");
            err.flush();
            return USAGE;
        }
        boolean nothing = invocation != null
                && (!invocation.hasAddress() || !invocation.client() && invocation.command() == null);
        if (invocation == null || nothing) {
            print(Invocation.fullHelp(columns));
            return nothing ? NOTHING_TO_DO : OK;
        }
        if (invocation.debug()) {
            environment.debug();
        }
        try {
            if (invocation.client()) {
                client(invocation);
            } else {
                serve(invocation, Objects.requireNonNull(invocation.command()));
            }
            return OK;
        } catch (PythonError e) {
            out.flush();
            err.print("Traceback (most recent call last):\n" + e.text() + "\n");
            err.flush();
            return FAILED;
        }
    }

    private void client(Invocation invocation) {
        invocation.bind().forEach(address -> tell("binding to", address));
        invocation.connect().forEach(address -> tell("connecting to", address));
        String given = clientAddress(invocation);
        String options = "heartbeat=" + invocation.heartbeat() + "&passive=" + !invocation.activeHeartbeat()
                + (invocation.bind().isEmpty() ? "" : "&bind=true");
        try (Peer peer = connect(address(given, options), given, invocation.timeout())) {
            String command = invocation.command();
            if (command == null) {
                list(Listing.of(peer, null, invocation.inspect()), invocation.inspect());
            } else if (invocation.inspect()) {
                describe(Listing.of(peer, command, true), command);
            } else {
                List<?> arguments = invocation.json()
                        ? invocation.params().stream().map(PythonJson::read).toList()
                        : invocation.params();
                peer.call(command, arguments, invocation.printJson() ? new AsJson() : new AsPython());
            }
        }
        out.flush();
    }

    /** The one address of all servers: an address of TCP may have several hosts. */
    private static String clientAddress(Invocation invocation) {
        if (!invocation.bind().isEmpty() && !invocation.connect().isEmpty()) {
            throw new PythonError("NotImplementedError", "a client either binds or connects");
        }
        List<String> all = invocation.bind().isEmpty() ? invocation.connect() : invocation.bind();
        if (all.size() > 1 && !all.stream().allMatch(address -> address.startsWith(TCP))) {
            throw new PythonError("NotImplementedError", "of several addresses each must be one of tcp://");
        }
        return all.size() == 1
                ? all.getFirst()
                : all.stream()
                        .map(address -> address.substring(TCP.length()))
                        .collect(Collectors.joining(",", TCP, ""));
    }

    private static Peer connect(Address address, String given, int timeout) {
        try {
            return Peer.connect(address, timeout);
        } catch (RpcException e) {
            throw invalid(given, e);
        }
    }

    private void list(Listing listing, boolean signatures) {
        print("[" + listing.service() + "]\n");
        int width = listing.width();
        for (Listing.Entry entry : listing.methods()) {
            String padding = " ".repeat(width - PythonText.length(entry.name()));
            print(signatures ? entry.name() + "\n" : entry.name() + padding + " " + entry.doc() + "\n");
        }
    }

    private void describe(Listing listing, String command) {
        print("[" + listing.service() + "]\n");
        if (listing.methods().isEmpty()) {
            print("No documentation for \"" + command + "\".\n");
        } else {
            Listing.Entry entry = listing.methods().getFirst();
            print(entry.name() + "\n\n" + entry.doc() + "\n\n");
        }
    }

    /** Prints results as pprint does. */
    private final class AsPython implements Peer.Receiver {
        @Override
        public void value(@Nullable Object value) {
            print(PrettyPrinter.format(value) + "\n");
        }

        @Override
        public void stream(Peer.Items items) {
            items.forEach(item -> {
                value(item);
                check();
            });
        }
    }

    /** Prints results as JSON, a stream as a list. */
    private final class AsJson implements Peer.Receiver {
        @Override
        public void value(@Nullable Object value) {
            PythonJson.write(value, out);
        }

        @Override
        public void stream(Peer.Items items) {
            print("[");
            String[] separator = {""};
            items.forEach(item -> {
                print(separator[0]);
                separator[0] = ",";
                value(item);
                check();
            });
            print("]");
        }
    }

    /** A reader that has seen enough, such as head, closes the pipe. */
    private void check() {
        if (out.checkError()) {
            throw new PythonError("BrokenPipeError", "[Errno 32] Broken pipe");
        }
    }

    private void serve(Invocation invocation, String served) {
        RpcServer.Builder builder = RpcServer.builder();
        if (served.equals("time")) {
            builder.endpoint(new TimeModule()).name("time");
        } else {
            load(served, builder);
        }
        invocation.bind().forEach(address -> tell("binding to", address));
        invocation.connect().forEach(address -> tell("connecting to", address));
        Integer poolSize = invocation.poolSize();
        try {
            if (poolSize != null) {
                builder.execution(Execution.pool(poolSize));
            }
            for (String address : invocation.bind()) {
                builder.listen(
                        address(address, "heartbeat=" + invocation.heartbeat()).toUri());
            }
            for (String address : invocation.connect()) {
                builder.listen(address(address, "connect=true&heartbeat=" + invocation.heartbeat())
                        .toUri());
            }
            try (RpcServer server = builder.build()) {
                server.start();
                err.print("serving \"" + served + "\"\n");
                err.flush();
                environment.awaitStop();
            }
        } catch (IllegalArgumentException e) {
            throw new PythonError("ValueError", String.valueOf(e.getMessage()));
        } catch (RpcException e) {
            throw new PythonError(ZEROMQ_ERROR, String.valueOf(e.getMessage()));
        }
    }

    private void load(String served, RpcServer.Builder builder) {
        try {
            Object endpoint = environment.load(served);
            if (endpoint instanceof Class<?> type) {
                builder.staticMethods(type);
            } else {
                builder.endpoint(endpoint);
            }
        } catch (RuntimeException e) {
            throw new PythonError("ModuleNotFoundError", String.valueOf(e.getMessage()));
        }
    }

    private static Address address(String given, String options) {
        String ipc = "ipc://";
        // ZeroMQ takes a path that is relative to the working folder.
        String text = given.startsWith(ipc) && !given.startsWith("ipc:///")
                ? ipc + Path.of(given.substring(ipc.length())).toAbsolutePath()
                : given;
        try {
            Address address = Wires.expand(Address.parse(text + (text.contains("?") ? "&" : "?") + options));
            if (address.scheme().startsWith("zerorpc+")) {
                return address;
            }
        } catch (InvalidTargetException e) {
            throw invalid(given, e);
        }
        throw new PythonError(ZEROMQ_ERROR, "Protocol not supported (addr='" + given + "')");
    }

    private static PythonError invalid(String given, RpcException reason) {
        return new PythonError(ZEROMQ_ERROR, "Invalid argument (addr='" + given + "'): " + reason.getMessage());
    }

    private void tell(String what, String address) {
        err.print(what + " \"" + address + "\"\n");
        err.flush();
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }
}
