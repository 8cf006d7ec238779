package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.ClientRequest;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcProtocol;
import dev.parley.net.http.rpc.HttpRpcTransport;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ValueMapping;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** The client side of JSON-RPC over HTTP: a request, a response. Thread-safe. */
public final class JsonRpcHttp implements HttpRpcProtocol {
    private static final Headers HEADERS =
            Headers.of("Content-Type", "application/json", "Accept", "application/json, application/json-rpc");

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
            Envelope response = reader.scan(http.body());
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
        if (body.length > 0 && (body[0] == '{' || body[0] == '[')) {
            try {
                Envelope envelope = reader.scan(body);
                if (envelope.errorToken != null) {
                    return reader.error(envelope);
                }
            } catch (ProtocolException e) {
                // Then it is JSON of another protocol.
            }
        }
        return null;
    }

    @Override
    public ServiceDescription describe(ClientTransport.PeerCaller caller) {
        return PeerDescription.read(caller);
    }
}
