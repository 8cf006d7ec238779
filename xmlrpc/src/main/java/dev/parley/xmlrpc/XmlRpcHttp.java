package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.InvalidArgumentsException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpRpcProtocol;
import dev.parley.net.http.rpc.ResponseText;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResultReaders;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/** The client side of XML-RPC: a call, a response or a fault. Thread-safe. */
final class XmlRpcHttp implements HttpRpcProtocol {
    static final Headers HEADERS = Headers.of("Content-Type", "text/xml");

    private final Address address;
    private final XmlRpcMapper mapper;
    private final Messages messages;
    private final ObjectReader faults;

    XmlRpcHttp(Address address, XmlRpcMapper mapper) {
        this.address = address;
        this.mapper = mapper;
        this.messages = new Messages(mapper);
        this.faults = mapper.readerFor(Object.class);
    }

    @Override
    public String name() {
        return "XML-RPC";
    }

    @Override
    public String messageStarts() {
        return "<";
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return ArgumentStyle.POSITIONAL;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public boolean hasOneWay() {
        return false;
    }

    @Override
    public Exchange encode(ClientCall call) {
        if (!(call.args() instanceof Args.Positional arguments)) {
            throw new InvalidArgumentsException("XML-RPC carries arguments by position only");
        }
        return new XmlExchange(messages.writeCall(call.qualifiedMethod(), arguments.values()));
    }

    @Override
    public boolean batches() {
        return true;
    }

    @Override
    public BatchExchange encodeBatch(List<BatchItem> items) {
        return new ClientMulticall(items, messages, this::fault);
    }

    @Override
    public boolean isWithoutBatches(RpcException error, HttpResponse response) {
        return ClientMulticall.isUnknown(error, response);
    }

    private final class XmlExchange implements Exchange {
        private final byte[] body;

        XmlExchange(byte[] body) {
            this.body = body;
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public EncodedResult result(HttpResponse response) {
            Messages.Response message = read(response, false);
            if (message.fault()) {
                throw fault(message).toException();
            }
            return (readers, call) -> decode(message, response, readers, call);
        }
    }

    private Messages.Response read(HttpResponse response, boolean all) {
        return messages.readResponse(response.body(), response.headers().first("Content-Type"), all);
    }

    private @Nullable Object decode(
            Messages.Response message, HttpResponse response, ResultReaders readers, ClientCall call) {
        XmlRpcParser value = message.value();
        if (value == null) {
            return readers.absent(call);
        }
        try (value) {
            Object result = readers.read(value, call);
            if (!message.more()) {
                return result;
            }
        } catch (SerializationException e) {
            if (!hasSeveralValues(response)) {
                throw e;
            }
        }
        // Python gives the values of such a response as a tuple.
        try (XmlRpcParser values = read(response, true).value()) {
            return values == null ? null : readers.read(values, call);
        }
    }

    /** Whether a response that could not be read as one value has several. */
    private boolean hasSeveralValues(HttpResponse http) {
        Messages.Response response = read(http, false);
        try (XmlRpcParser value = response.value()) {
            if (value == null) {
                return false;
            }
            value.nextToken();
            value.skipChildren();
            return response.more();
        } catch (JacksonException e) {
            throw Messages.malformed("the response is not an XML-RPC response", e);
        }
    }

    /** The fault in a response. */
    private Fault fault(Messages.Response message) {
        try (XmlRpcParser value = message.value()) {
            return Fault.of(faults.readValue(value));
        } catch (JacksonException e) {
            throw Messages.malformed("the response is not an XML-RPC response", e);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("the response is not an XML-RPC response: " + e.getMessage(), e);
        }
    }

    /** Faults come with status 200, but front ends and frameworks turn that into one for an error. */
    @Override
    public @Nullable RpcException error(HttpResponse response) {
        byte[] body = response.body();
        int start = ResponseText.start(body);
        if (start == body.length || body[start] != '<' || ResponseText.isHtml(body)) {
            return null;
        }
        try {
            Messages.Response message = read(response, false);
            return message.fault() ? fault(message).toException() : null;
        } catch (ProtocolException e) {
            return null; // XML of another kind
        }
    }

    @Override
    public ServiceDescription describe(ClientTransport.PeerCaller caller) {
        return new PeerDescription(caller, address).read();
    }
}
