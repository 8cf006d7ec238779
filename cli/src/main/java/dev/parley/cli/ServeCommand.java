package dev.parley.cli;

import dev.parley.AccessPolicy;
import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.Wires;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley serve}. */
@Command(
        name = "serve",
        description = {
            "Serves objects of plain Java classes until Ctrl-C (SIGINT) or SIGTERM, "
                    + "then completes the calls in flight and exits.",
            "Prints 'listening ADDRESS' with the real port for each address once peers can call."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley serve Calculator.java --listen xmlrpc+http://127.0.0.1:8088/RPC2",
            "  parley serve -cp app.jar com.example.Calculator -l jsonrpc+http://127.0.0.1:0/jsonrpc -l tcp://127.0.0.1:4242",
            "  parley serve Calculator.java -l rabbit://guest:guest@127.0.0.1/ --topic test --server server1"
        })
final class ServeCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final StopSignal stop;

    @Parameters(
            arity = "1..*",
            paramLabel = "CLASS|FILE.java",
            description = "A class with a constructor without parameters, a class with static methods, or a source file"
                    + " that is compiled in memory.")
    private List<String> endpoints = List.of();

    @Option(
            names = {"-cp", "--class-path"},
            paramLabel = "PATH",
            description = "Jars and folders to find the classes in.")
    private @Nullable String classPath;

    @Option(
            names = {"-l", "--listen"},
            paramLabel = "ADDRESS",
            converter = Converters.OfAddress.class,
            description = "Where to listen; may be repeated. Port 0 takes a free one.")
    private List<Address> listen = List.of();

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Mixin
    private TargetOptions targets = new TargetOptions();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The service's name in introspection. Default: the first class's.")
    private @Nullable String name;

    @ArgGroup
    private Threads threads = new Threads();

    @Option(
            names = "--max-concurrent-calls",
            paramLabel = "N",
            description = "How many calls may run at once. Default: 1024.")
    private int maxConcurrentCalls = 1024;

    @Option(
            names = "--max-concurrent-calls-per-connection",
            paramLabel = "N",
            description = "How many of these may be of one connection. Default: half.")
    private @Nullable Integer maxConcurrentCallsPerConnection;

    @Option(
            names = "--max-queued-calls",
            paramLabel = "N",
            description = "How many more may wait; further ones fail at once. Default: as many as may run.")
    private @Nullable Integer maxQueuedCalls;

    /** The option's name in earlier versions. */
    @Option(names = "--concurrency", hidden = true)
    void concurrency(int calls) {
        maxConcurrentCalls = calls;
    }

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "How much memory all messages may take together, such as 64m or 25%% of the heap;"
                    + " beyond it, large ones are refused. Default: 25%%.")
    private @Nullable String memory;

    @Option(
            names = "--access",
            paramLabel = "POLICY",
            description =
                    "Which public methods are offered: those the class itself declares, those with @Expose, or inherited ones too."
                            + " One of ${COMPLETION-CANDIDATES}. Default: declared.")
    private Access accessPolicy = Access.declared;

    @Option(
            names = "--expose-only",
            paramLabel = "NAME",
            split = ",",
            description = "Of these, offer only the methods named.")
    private Set<String> exposed = Set.of();

    @Option(names = "--include-stack-traces", description = "Send Java stack traces to callers.")
    private boolean includeStackTraces;

    /** The option's name in earlier versions. */
    @Option(names = "--expose-traces", hidden = true)
    void exposeTraces(boolean include) {
        includeStackTraces = include;
    }

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Mixin
    private HttpServing http = new HttpServing();

    private volatile @Nullable Throwable failure;

    ServeCommand(Terminal terminal, StopSignal stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    /** Where methods run. */
    static final class Threads {
        @Option(
                names = "--inline",
                description = "Run methods on the wire's own thread: fastest, for methods that never block.")
        private boolean inline;

        @Option(
                names = "--pool",
                paramLabel = "N",
                description = "Run methods on N threads. Default: a virtual thread per call.")
        private @Nullable Integer pool;

        Execution execution() {
            return inline ? Execution.inline() : pool == null ? Execution.virtual() : Execution.pool(pool);
        }
    }

    /** The access policies under their names on the command line. */
    enum Access {
        declared(AccessPolicy.declared()),
        explicit(AccessPolicy.explicit()),
        legacy(AccessPolicy.legacy());

        private final AccessPolicy policy;

        Access(AccessPolicy policy) {
            this.policy = policy;
        }
    }

    /** The scheme of a server that its parent process talks with. */
    private static final String STDIO = "jsonrpc+stdio";

    @Override
    public Integer call() throws IOException {
        try (RpcServer server = server()) {
            if (http.isCgi()) {
                http.respond(server, terminal);
                return ExitCode.OK;
            }
            server.start();
            stop.watch();
            if (access.hasFiles()) {
                stop.onHangUp(() -> reset(server));
            }
            boolean stdio = server.addresses().stream()
                    .anyMatch(address -> address.scheme().equals(STDIO));
            // On standard output such a server speaks its protocol, and nothing else.
            Consumer<String> tell = stdio ? terminal::note : terminal::result;
            server.addresses().forEach(address -> tell.accept("listening " + address));
            if (stdio) {
                Thread.ofVirtual().name("parley-serve-end").start(() -> stopAtEnd(server));
            }
            stop.await();
            Throwable error = failure;
            if (error != null) {
                throw CommandException.failed("the server failed and has stopped: " + ErrorReport.line(error));
            }
            terminal.note("stopping: waiting at most 30 s for calls in flight");
            long refused =
                    MemoryBudget.process().refused() + MemoryBudget.process().shed();
            if (refused > 0) {
                terminal.note("messages refused since the memory for them was used up: " + refused);
            }
        }
        return ExitCode.OK;
    }

    /** The server cannot serve any more: whoever watches this process starts it again. */
    private void failed(Throwable error) {
        failure = error;
        stop.stop();
    }

    private void reset(RpcServer server) {
        try {
            server.reset();
            terminal.note("read the files anew");
        } catch (RuntimeException e) {
            terminal.error("the files cannot be used, what was read before stays in force: " + e.getMessage());
        }
    }

    /** The server stops by itself when the parent process closes standard input. */
    private void stopAtEnd(RpcServer server) {
        try {
            server.await();
            stop.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private RpcServer server() {
        EndpointLoader loader = new EndpointLoader(classPath);
        RpcServer.Builder builder = RpcServer.builder();
        Target endpointTarget = targets.endpoint();
        try {
            if (memory != null) {
                MemoryBudget.process().setLimit(MemoryBudget.parse("--memory", memory));
            }
            builder.maxConcurrentCalls(maxConcurrentCalls)
                    .execution(threads.execution())
                    .accessPolicy(policy())
                    .includeStackTraces(includeStackTraces)
                    .onFailure(this::failed);
            if (maxConcurrentCallsPerConnection != null) {
                builder.maxConcurrentCallsPerConnection(maxConcurrentCallsPerConnection);
            }
            if (maxQueuedCalls != null) {
                builder.maxQueuedCalls(maxQueuedCalls);
            }
            if (name != null) {
                builder.name(name);
            }
            access.apply(builder);
            for (String endpoint : endpoints) {
                serve(loader.load(endpoint), endpointTarget, builder);
            }
            for (Address address : addresses()) {
                builder.listen(
                        http.apply(Wires.expand(address)), Wires.areBrokered(address) ? queue(address) : Target.none());
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private static void serve(Object endpoint, @Nullable Target target, RpcServer.Builder builder) {
        if (endpoint instanceof Class<?> type) {
            if (target == null) {
                builder.staticMethods(type);
            } else {
                builder.staticMethods(type, target);
            }
        } else if (target == null) {
            builder.endpoint(endpoint);
        } else {
            builder.endpoint(endpoint, target);
        }
    }

    private List<Address> addresses() {
        List<Address> all = new ArrayList<>(listen);
        if (config.isGiven()) {
            all.add(config.address(null));
        }
        if (http.isCgi() && !all.isEmpty()) {
            throw CommandException.usage("--cgi responds to one request and listens nowhere: leave the addresses out");
        }
        if (all.isEmpty() && !http.isCgi()) {
            throw CommandException.usage("nowhere to listen: give a --listen ADDRESS or a --config-file");
        }
        return all;
    }

    private AccessPolicy policy() {
        AccessPolicy policy = accessPolicy.policy;
        return exposed.isEmpty() ? policy : new Named(policy, exposed);
    }

    /** Of what another policy allows, some methods by name. */
    private record Named(AccessPolicy policy, Set<String> names) implements AccessPolicy {
        @Override
        public boolean allows(java.lang.reflect.Method method) {
            return names.contains(method.getName()) && policy.allows(method);
        }

        @Override
        public boolean inherited() {
            return policy.inherited();
        }
    }

    private Target queue(Address address) {
        Target queue = targets.queue();
        if (queue.topic() == null) {
            throw CommandException.usage(address.scheme() + " needs a --topic");
        }
        return queue.server() == null ? queue.withServer(hostName()) : queue;
    }

    /** What OpenStack's services take for their server name. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw CommandException.usage("this machine has no name: give a --server");
        }
    }
}
