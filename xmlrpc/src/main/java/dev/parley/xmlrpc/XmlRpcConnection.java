package dev.parley.xmlrpc;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.spi.ClientCall;
import dev.parley.spi.Connection;
import dev.parley.spi.ResultReaders;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/**
 * The client side: one HTTP request per call, on the caller's thread.
 *
 * <p>XML-RPC has no call without an answer. A cast is a call on a thread of its own whose answer is dropped (a failure is logged); {@link #close} waits until
 * the casts under way are answered, each no longer than its timeout, so that none is lost.
 *
 * <p>Thread-safe.
 */
final class XmlRpcConnection implements Connection {
    private static final Logger log = LoggerFactory.getLogger(XmlRpcConnection.class);

    private static final Headers HEADERS = Headers.of("Content-Type", "text/xml");

    private final Address address;
    private final HttpClient http;
    private final XmlRpcMapper mapper;
    private final Messages messages;
    private final ResultReaders results;
    private final ObjectReader faults;
    private final Set<Thread> calls = ConcurrentHashMap.newKeySet();
    private final Set<Thread> casts = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    XmlRpcConnection(Address address, HttpClient.Builder http, XmlRpcMapper mapper) {
        this.address = address;
        this.http = http.build();
        this.mapper = mapper;
        this.messages = new Messages(mapper);
        this.results = new ResultReaders(mapper);
        this.faults = mapper.readerFor(Object.class);
    }

    @Override
    public ArgumentStyle arguments() {
        return ArgumentStyle.POSITIONAL;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public @Nullable Object call(ClientCall call) {
        byte[] request = request(call);
        return result(post(request, call), call);
    }

    @Override
    public CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        byte[] request = request(call);
        CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("parley-xmlrpc-call").unstarted(() -> {
            try {
                future.complete(result(post(request, call), call));
            } catch (RpcException e) {
                future.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                log.error("calling {}", call.qualifiedMethod(), e);
                future.completeExceptionally(e);
            } finally {
                calls.remove(Thread.currentThread());
            }
        });
        future.whenComplete((result, error) -> {
            if (future.isCancelled()) {
                thread.interrupt();
            }
        });
        start(thread, calls);
        return future;
    }

    @Override
    public void cast(ClientCall call) {
        byte[] request = request(call);
        start(
                Thread.ofVirtual().name("parley-xmlrpc-cast").unstarted(() -> {
                    try {
                        result(post(request, call), call);
                    } catch (RpcException e) {
                        log.warn("cast of {} to {} failed: {}", call.qualifiedMethod(), address, e.getMessage());
                    } finally {
                        casts.remove(Thread.currentThread());
                    }
                }),
                casts);
    }

    private void start(Thread thread, Set<Thread> group) {
        if (closed) {
            throw new ConnectionLostException("the client of " + address + " is closed");
        }
        group.add(thread);
        thread.start();
    }

    @Override
    public ServiceDescription describe(CallOptions options) {
        return new PeerDescription(this, options, address).read();
    }

    @Override
    public void close() {
        closed = true;
        for (Thread cast : casts) {
            try {
                cast.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        http.close();
        calls.forEach(Thread::interrupt);
    }

    private byte[] request(ClientCall call) {
        if (!(call.args() instanceof Args.Positional arguments)) {
            throw new InvalidArgumentsException("XML-RPC carries arguments by position only");
        }
        return messages.writeCall(call.qualifiedMethod(), arguments.values());
    }

    private HttpResponse post(byte[] request, ClientCall call) {
        long nanos = call.remainingNanos();
        if (nanos <= 0) {
            throw call.timedOut();
        }
        try {
            return http.post(HEADERS, request, Duration.ofNanos(nanos));
        } catch (RpcTimeoutException e) {
            RpcTimeoutException timeout = call.timedOut();
            timeout.addSuppressed(e);
            throw timeout;
        }
    }

    private @Nullable Object result(HttpResponse response, ClientCall call) {
        if (response.status() != 200) {
            throw refused(response.status());
        }
        Messages.Response message = messages.readResponse(response.body(), false);
        if (message.fault()) {
            throw fault(message).toException();
        }
        XmlRpcParser value = message.value();
        if (value == null) {
            return results.absent(call);
        }
        Object result;
        try (value) {
            result = results.read(value, call);
            if (!message.more()) {
                return result;
            }
        } catch (SerializationException e) {
            if (!isSeveral(response.body())) {
                throw e;
            }
        }
        // Python gives the values of such a response as a tuple.
        try (XmlRpcParser values = messages.readResponse(response.body(), true).value()) {
            return values == null ? null : results.read(values, call);
        }
    }

    /** Whether a response that could not be read as one value has several. */
    private boolean isSeveral(byte[] body) {
        Messages.Response response = messages.readResponse(body, false);
        try (XmlRpcParser value = response.value()) {
            if (value == null) {
                return false;
            }
            value.nextToken();
            value.skipChildren();
            return response.more();
        } catch (JacksonException e) {
            throw Messages.malformed("the answer is no XML-RPC response", e);
        }
    }

    private Fault fault(Messages.Response message) {
        try (XmlRpcParser value = message.value()) {
            return Fault.of(faults.readValue(value));
        } catch (JacksonException e) {
            throw Messages.malformed("the answer is no XML-RPC response", e);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("the answer is no XML-RPC response: " + e.getMessage(), e);
        }
    }

    private RpcException refused(int status) {
        String text = address + " answered with HTTP status " + status;
        return switch (status) {
            case 401, 403 -> new AccessDeniedException(text);
            case 429, 503 -> new OverloadedException(text);
            default -> new ProtocolException(text + ", which is no XML-RPC response; is the path right?");
        };
    }
}
