package dev.parley.interop.faults;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.interop.faults.Fault.Kind;
import dev.parley.interop.faults.Fault.Way;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A client behind a proxy of its own, whose calls meet one fault each. Confined to one thread. */
final class Lane implements AutoCloseable {
    /** Of calls that must not need it. */
    static final Duration LONG = Duration.ofSeconds(20);

    /** How much later than its deadline a call may end on a busy machine. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private static final String TEXT = "some text";
    private static final AtomicInteger IDS = new AtomicInteger(1_000_000);

    private final FaultyWire.Peer peer;
    private final CountedService service;
    private final Tally tally;
    private final FaultProxy proxy;
    private @Nullable RpcClient client;

    /** How a call ended, and how often it ran. */
    record Ended(@Nullable RpcException error, int id) {}

    Lane(FaultyWire.Peer peer, CountedService service, Tally tally) {
        this.peer = peer;
        this.service = service;
        this.tally = tally;
        this.proxy = FaultProxy.to(peer.port());
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** The client, connected when it is first needed. */
    RpcClient client() {
        RpcClient open = client;
        if (open == null) {
            open = peer.client(peer.through(proxy)).timeout(LONG).build();
            client = open;
        }
        return open;
    }

    /** Makes a call and checks what holds for each: it ends once, in time, with a result or an error of Parley's. */
    Ended call(Duration timeout, boolean idempotent) {
        int id = IDS.incrementAndGet();
        CompletableFuture<RpcException> over = new CompletableFuture<>();
        long start = System.nanoTime();
        Thread.ofVirtual().start(() -> {
            try {
                over.complete(outcome(id, timeout, idempotent));
            } catch (Throwable e) {
                over.completeExceptionally(e);
            }
        });
        try {
            RpcException error = over.get(timeout.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
            return new Ended(error, id);
        } catch (ExecutionException e) {
            tally.violated("call " + id + " ended with something else than an RpcException", e.getCause());
        } catch (TimeoutException e) {
            tally.violated("call " + id
                    + " did not end within %d ms, timeout %d ms"
                            .formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), timeout.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return new Ended(null, id);
    }

    /** Blocking and asynchronous calls in turn; {@code null} for the right result. */
    private @Nullable RpcException outcome(int id, Duration timeout, boolean idempotent) throws Exception {
        try {
            RpcClient prepared =
                    client().prepare(options -> options.withTimeout(timeout).withIdempotent(idempotent));
            Object[] arguments = peer.wire().arguments(id, TEXT);
            String result;
            if (id % 2 == 0) {
                result = prepared.call("work", String.class, arguments);
            } else {
                result = prepared.callAsync("work", String.class, arguments).get();
            }
            if (!CountedService.resultOf(id).equals(result)) {
                tally.violated("call " + id + " returned " + result);
            } else if (service.runs(id) == 0) {
                tally.violated("call " + id + " returned without having run");
            }
            return null;
        } catch (RpcException e) {
            return e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RpcException error) {
                return error;
            }
            throw e;
        }
    }

    /** One call with one fault, and one after it. */
    void trial(Fault fault, boolean idempotent) {
        boolean silent = fault.kind() == Kind.SILENCE;
        boolean garbage = fault.kind() == Kind.GARBAGE;
        // What is not told to anybody ends by the timeout, as does a length that garbage has changed.
        Duration timeout = silent ? Duration.ofMillis(200) : garbage ? Duration.ofMillis(1000) : LONG;
        proxy.arm(fault);
        Ended ended = call(timeout, idempotent);
        boolean came = proxy.disarm();
        RpcException error = ended.error();
        tally.count(error);
        String what = fault + (idempotent ? ", idempotent" : "") + (came ? "" : " (which did not come)");
        if (error != null && !(came && isExpected(fault, error, idempotent)) && !isLate(timeout, error)) {
            tally.violated(what, error);
        }
        if (!idempotent && service.runs(ended.id()) > 1) {
            tally.violated(what + ": ran " + service.runs(ended.id()) + " times");
        }
        boolean told = error instanceof ConnectionLostException;
        if (!told || silent || garbage || fault.kind() == Kind.HALF_CLOSE) {
            // Its client may not know yet.
            proxy.cut();
            told = false;
        }
        follow(what, !told, garbage);
        if (!idempotent && service.runs(ended.id()) > 1) {
            tally.violated(what + ": ran again later");
        }
    }

    /** The client is usable at once: its next call succeeds. */
    private void follow(String what, boolean idempotent, boolean garbage) {
        Ended next = call(LONG, idempotent);
        while (garbage
                && next.error() instanceof ProtocolException
                && !Thread.currentThread().isInterrupted()) {
            // Another error that the server sent because of the same garbage, before the connection was cut.
            next = call(LONG, idempotent);
        }
        if (next.error() != null) {
            tally.violated("the call after " + what, next.error());
        }
    }

    /** As {@link #trial}, with the fault in the first bytes of a new client's connections. */
    void setUpTrial(Fault fault) {
        close(false);
        Duration timeout = fault.kind() == Kind.SILENCE ? Duration.ofMillis(200) : LONG;
        proxy.arm(fault);
        Ended ended = call(timeout, false);
        boolean came = proxy.disarm();
        tally.count(ended.error());
        String what = fault + " while connecting" + (came ? "" : " (which did not come)");
        if (ended.error() != null
                && !(came && isExpected(fault, ended.error(), false))
                && !isLate(timeout, ended.error())
                // A client that connects when it is built tells at once.
                && !(peer.wire().brokered() && ended.error() instanceof ConnectionLostException)) {
            tally.violated(what, ended.error());
        }
        if (service.runs(ended.id()) > 1) {
            tally.violated(what + ": ran more than once");
        }
        if (fault.kind() == Kind.SILENCE) {
            proxy.cut();
        }
        follow(what, true, false);
    }

    /** Whether a busy machine may have been too slow for a timeout that is short on purpose. */
    private static boolean isLate(Duration timeout, RpcException error) {
        return timeout.compareTo(LONG) < 0 && error instanceof RpcTimeoutException;
    }

    /** As documented: see errors.md, and each wire's page. */
    private static boolean isExpected(Fault fault, RpcException error, boolean idempotent) {
        return switch (fault.kind()) {
            case CLOSE, RESET -> !idempotent && error instanceof ConnectionLostException;
            case HALF_CLOSE -> error instanceof ConnectionLostException || error instanceof ProtocolException;
            case SILENCE -> error instanceof RpcTimeoutException;
            case GARBAGE ->
                error instanceof ProtocolException
                        || error instanceof SerializationException
                        || error instanceof ConnectionLostException
                        || error instanceof RpcTimeoutException
                        // What a zerorpc server says of an event that it cannot read.
                        || (error instanceof RemoteException remote
                                && remote.type().equals("ValueError"));
        };
    }

    /** How many bytes a call and its response have. */
    int length(Way way) {
        long before = proxy.count(way);
        call(LONG, true);
        return (int) (proxy.count(way) - before);
    }

    /** Closes the client, which has no call in flight, and the proxy. */
    @Override
    public void close() {
        close(true);
    }

    private void close(boolean forever) {
        RpcClient open = client;
        client = null;
        if (open != null) {
            open.stop();
            try {
                if (!open.await(Leftovers.PATIENCE)) {
                    tally.violated("the client still counts calls as in flight");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            open.close();
        }
        if (forever) {
            proxy.close();
        }
    }
}
