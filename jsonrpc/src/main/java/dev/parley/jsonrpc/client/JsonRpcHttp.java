package dev.parley.jsonrpc.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.ClientRequest;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.JsonRpcErrors;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.jsonrpc.session.PeerDescription;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcProtocol;
import dev.parley.net.http.rpc.HttpRpcTransport;
import dev.parley.net.http.rpc.ResponseText;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ValueMapping;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/** The client side of JSON-RPC over HTTP: a request, a response. Thread-safe. */
public final class JsonRpcHttp implements HttpRpcProtocol {
    private static final Headers HEADERS =
            Headers.of("Content-Type", "application/json", "Accept", "application/json, application/json-rpc");

    /** Statuses that say more than a body which is not of JSON-RPC. */
    private static final Set<Integer> STATUS_ERRORS = Set.of(401, 403, 407, 429, 503);

    private final ObjectMapper mapper;
    private final RequestWriter writer;
    private final ResponseReader reader;
    private final boolean zabbix;
    private final @Nullable String auth;
    private final AtomicLong ids = new AtomicLong();

    private JsonRpcHttp(ObjectMapper mapper, RequestWriter writer, boolean zabbix, @Nullable String auth) {
        this.mapper = mapper;
        this.writer = writer;
        this.reader = new ResponseReader(mapper);
        this.zabbix = zabbix;
        this.auth = auth;
    }

    public static ClientTransport transport(Address address, String defaultPath, ClientContext context) {
        AddressOptions options = new AddressOptions(address);
        String path = HttpAddress.path(address, options, defaultPath);
        ValueMapping values = context.values().forPeer(options);
        ObjectMapper mapper = values.json();
        // jsonrpclib's server counts characters where it should count bytes, and waits forever for a text beyond ASCII.
        RequestWriter writer = new RequestWriter(mapper, isVersion1(options), options.flag("ascii", true));
        JsonRpcHttp protocol = new JsonRpcHttp(mapper, writer, Zabbix.isPath(path), options.text("auth", null));
        HttpClient.Builder client = HttpAddress.client(address, options, values.limits(), path, context.tls());
        options.refuseOthers();
        return new HttpRpcTransport(address, client.headers(HEADERS).build(), protocol);
    }

    /** Whether the address asks for JSON-RPC 1.0. */
    static boolean isVersion1(AddressOptions options) {
        return options.choice("version", "2.0", "1.0").equals("1.0");
    }

    @Override
    public String name() {
        return "JSON-RPC";
    }

    @Override
    public String messageStarts() {
        return "{[";
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return writer.argumentStyle();
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public boolean hasOneWay() {
        return true;
    }

    @Override
    public Exchange encode(ClientCall call) {
        Long id = call.kind() == ClientRequest.Kind.CAST ? null : ids.incrementAndGet();
        boolean open = zabbix && Zabbix.isPublic(call.qualifiedMethod());
        return new JsonExchange(id, !open, writer.write(call, id, open ? null : auth));
    }

    @Override
    public boolean batches() {
        return !writer.version1();
    }

    @Override
    public BatchExchange encodeBatch(List<BatchItem> items) {
        return new HttpBatch(items, this::request, mapper, reader);
    }

    /** A call of a batch with its id, {@code null} for a notification, and whether it needs the credentials. */
    private HttpBatch.Request request(ClientCall call) {
        Long id = call.kind() == ClientRequest.Kind.CAST ? null : ids.incrementAndGet();
        boolean open = zabbix && Zabbix.isPublic(call.qualifiedMethod());
        return new HttpBatch.Request(id, !open, writer.write(call, id, open ? null : auth));
    }

    /**
     * The body as UTF-8. Old servlet containers write their default charset, which the {@code Content-Type} names; where
     * it is wrong, and the body is UTF-8 all the same, it is ignored.
     */
    private static byte[] utf8(HttpResponse response) {
        byte[] body = response.body();
        Charset charset = ResponseText.charset(response.headers().first("Content-Type"));
        if (charset == null || charset.equals(UTF_8) || isUtf8(body)) {
            return body;
        }
        return new String(body, charset).getBytes(UTF_8);
    }

    private static boolean isUtf8(byte[] body) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private final class JsonExchange implements Exchange {
        private final @Nullable Long id;
        private final boolean authorized;
        private final byte[] body;

        JsonExchange(@Nullable Long id, boolean authorized, byte[] body) {
            this.id = id;
            this.authorized = authorized;
            this.body = body;
        }

        @Override
        public boolean isAuthorized() {
            return authorized;
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public EncodedResult result(HttpResponse http) {
            Envelope response = reader.scan(utf8(http));
            // What an error says is worth more than its id.
            if (id != null && !response.hasError() && !ResponseReader.isResponseTo(response, id)) {
                throw new ProtocolException("the response to request " + id + " has the id " + response.id);
            }
            return reader.result(response);
        }
    }

    @Override
    public @Nullable RpcException error(HttpResponse response) {
        byte[] body = response.body();
        int start = ResponseText.start(body);
        if (start == body.length || body[start] != '{' && body[start] != '[') {
            return null;
        }
        try {
            Envelope envelope = reader.scan(start == 0 ? utf8(response) : Arrays.copyOfRange(body, start, body.length));
            boolean enveloped =
                    envelope.versionToken != null || envelope.idToken != null || envelope.resultToken != null;
            if (!enveloped && STATUS_ERRORS.contains(response.status())) {
                return null; // a web framework's text about the status
            }
            if (envelope.errorToken != null && envelope.errorToken != JsonToken.VALUE_NULL) {
                return reader.error(envelope);
            }
            return enveloped ? null : bare(envelope.bytes);
        } catch (ProtocolException e) {
            return null; // JSON of another protocol
        }
    }

    /** The error object without a response around it, as some servers send it. */
    private @Nullable RpcException bare(byte[] body) {
        try {
            Object value = mapper.readerFor(Object.class).readValue(body);
            return value instanceof Map<?, ?> error && error.containsKey("code") && error.containsKey("message")
                    ? JsonRpcErrors.read(error)
                    : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    @Override
    public ServiceDescription describe(ClientTransport.PeerCaller caller) {
        return PeerDescription.read(caller);
    }
}
