package dev.parley.jsonrpc;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.InvalidTargetException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.ServiceDescription;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** The client side of JSON-RPC over HTTP: a request, a response, on the caller's own thread. Thread-safe. */
final class JsonRpcHttpConnection implements Connection {
    private final String shown;
    private final ObjectMapper mapper;
    private final RequestWriter writer;
    private final AnswerReader reader;
    private final HttpClient client;
    private final boolean zabbix;
    private final boolean hasToken;
    private final @Nullable String auth;
    private final AtomicLong ids = new AtomicLong();

    private JsonRpcHttpConnection(Address address, ClientContext context) {
        AddressOptions options = new AddressOptions(address);
        String path = HttpAddress.path(address, options, HttpListener.DEFAULT_PATH);
        this.shown = address.toString();
        this.mapper = context.values().json();
        this.reader = new AnswerReader(mapper);
        // jsonrpclib's server counts characters where it should count bytes, and waits for ever for a text beyond
        // ASCII.
        this.writer = new RequestWriter(mapper, isOld(options), options.flag("ascii", true));
        this.zabbix = Zabbix.isPath(path);
        this.hasToken = options.text("token", null) != null;
        this.auth = options.text("auth", null);
        HttpClient.Builder builder =
                HttpAddress.client(address, options, context.values().limits(), path, context.tls());
        options.refuseOthers();
        this.client = builder.headers(Headers.of(
                        "Content-Type", "application/json", "Accept", "application/json, application/json-rpc"))
                .build();
    }

    static JsonRpcHttpConnection open(Address address, ClientContext context) {
        return new JsonRpcHttpConnection(address, context);
    }

    static boolean isOld(AddressOptions options) {
        String version = String.valueOf(options.text("version", "2.0"));
        if ("2.0".equals(version) || "1.0".equals(version)) {
            return version.equals("1.0");
        }
        throw new InvalidTargetException("option version=" + version + " must be 2.0 or 1.0");
    }

    @Override
    public ArgumentStyle arguments() {
        return writer.old() ? ArgumentStyle.POSITIONAL : ArgumentStyle.EITHER;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public @Nullable Object call(ClientCall call) {
        long id = ids.incrementAndGet();
        HttpResponse response = post(call, id);
        if (response.status() / 100 != 2) {
            throw refused(response);
        }
        if (response.body().length == 0) {
            throw new ProtocolException(shown + " answered " + call.qualifiedMethod() + " with nothing");
        }
        Envelope answer = reader.scan(response.body());
        if (!AnswerReader.answers(answer, id)) {
            throw new ProtocolException("the answer to request " + id + " has the id " + answer.id);
        }
        return reader.result(answer, call);
    }

    @Override
    public CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("parley-call").start(() -> {
            try {
                future.complete(call(call));
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
        future.whenComplete((value, error) -> {
            if (future.isCancelled()) {
                thread.interrupt();
            }
        });
        return future;
    }

    @Override
    public void cast(ClientCall call) {
        HttpResponse response = post(call, null);
        // The answer to a notification says nothing, whatever a server puts into it; only that it was not taken at all
        // is worth an error.
        if (response.status() >= 400) {
            throw refused(response);
        }
    }

    private HttpResponse post(ClientCall call, @Nullable Long id) {
        boolean open = zabbix && Zabbix.isPublic(call.qualifiedMethod());
        byte[] body = writer.write(call, id, open ? null : auth);
        long left = call.remainingNanos();
        if (left <= 0) {
            throw call.timedOut();
        }
        try {
            Duration timeout = Duration.ofNanos(left);
            return open && hasToken
                    ? client.postWithoutAuthorization(Headers.empty(), body, timeout)
                    : client.post(Headers.empty(), body, timeout);
        } catch (RpcTimeoutException e) {
            throw call.timedOut();
        }
    }

    /** The error of a response that is no success: what its body tells if that is JSON-RPC, else what its status means. */
    private RpcException refused(HttpResponse response) {
        byte[] body = response.body();
        if (body.length > 0 && (body[0] == '{' || body[0] == '[')) {
            try {
                Envelope answer = reader.scan(body);
                if (answer.errorToken != null) {
                    return reader.error(answer);
                }
            } catch (ProtocolException e) {
                // Then it is somebody else's JSON.
            }
        }
        String told = shown + " answered with HTTP status " + response.status();
        return switch (response.status()) {
            case 401, 403, 407 -> new AccessDeniedException(told + ": the credentials are refused or missing");
            case 404, 405 -> new ProtocolException(told + ": JSON-RPC is not served at this path");
            case 413 -> new ProtocolException(told + ": the request is larger than the server takes");
            case 429, 503 -> new OverloadedException(told);
            default -> new ProtocolException(told);
        };
    }

    @Override
    public ServiceDescription describe(CallOptions options) {
        return Describing.describe(this, options);
    }

    @Override
    public void close() {
        client.close();
    }
}
