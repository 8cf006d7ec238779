package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.PeerProfile;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ValueErrors;
import dev.parley.spi.ValueMapping;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;

/**
 * Encodes and decodes XML-RPC's messages without a call, for queues, files and tests: {@code methodCall},
 * {@code methodResponse} and its {@code fault}. The values are those of the wire. Immutable and thread-safe.
 */
public final class XmlRpcCodec {
    private static final XmlRpcCodec DEFAULTS = of("", Limits.defaults());

    private final XmlRpcMapper mapper;
    private final Messages messages;
    private final ObjectReader untyped;

    private XmlRpcCodec(XmlRpcMapper mapper) {
        this.mapper = mapper;
        this.messages = new Messages(mapper);
        this.untyped = mapper.readerFor(Object.class);
    }

    /** A codec with the default options and limits. */
    public static XmlRpcCodec defaults() {
        return DEFAULTS;
    }

    /**
     * A codec.
     *
     * @param options those of an address that concern values, {@code i8}, {@code nil}, {@code ascii}, {@code zone} and
     *     {@code peer}, such as {@code i8=true&zone=Europe/Paris}; empty for the defaults
     * @param limits of one message
     * @throws InvalidTargetException if an option is unknown or malformed
     */
    public static XmlRpcCodec of(String options, Limits limits) {
        AddressOptions read = new AddressOptions(Address.parse("xmlrpc://localhost?" + options));
        ValueMapping values = new ValueMapping(limits, List.of(), PeerProfile.STRICT).forPeer(read);
        XmlRpcMapper mapper = XmlRpcWire.mapper(read, values);
        read.refuseOthers();
        return new XmlRpcCodec(mapper);
    }

    /**
     * A call that was decoded. Immutable.
     *
     * @param method the name of the method
     * @param arguments its arguments, of the types that {@code Object} is read as
     */
    public record Call(String method, List<@Nullable Object> arguments) {
        /** Makes the list unmodifiable. */
        public Call {
            Objects.requireNonNull(method, "method");
            arguments = Collections.unmodifiableList(arguments);
        }
    }

    /**
     * The request of a call.
     *
     * @throws SerializationException if an argument cannot be encoded
     */
    public byte[] encodeCall(String method, @Nullable Object... arguments) {
        return messages.writeCall(Objects.requireNonNull(method, "method"), Arrays.asList(arguments));
    }

    /**
     * The response with a result.
     *
     * @throws SerializationException if it cannot be encoded
     */
    public byte[] encodeResult(@Nullable Object result) {
        return messages.writeResult("the call", result, Object.class);
    }

    /** The response with a fault; characters of its text that XML cannot carry are replaced. */
    public byte[] encodeFault(int code, String text) {
        return messages.writeFault(new Fault(code, Objects.requireNonNull(text, "text")));
    }

    /**
     * Decodes a request.
     *
     * @throws ProtocolException if it is malformed or exceeds a limit
     */
    public Call decodeCall(byte[] request) {
        Messages.Call call = messages.readCall(request, null);
        try (XmlRpcParser arguments = call.arguments()) {
            List<@Nullable Object> values = mapper.readerForListOf(Object.class).readValue(arguments);
            arguments.nextToken(); // checks the end of the document
            return new Call(call.method(), values);
        } catch (JacksonException e) {
            throw Messages.malformed("the request is not an XML-RPC call", e);
        }
    }

    /**
     * Decodes a response.
     *
     * @return the result, {@code null} if it is null or missing
     * @throws ProtocolException if it is malformed or exceeds a limit
     * @throws SerializationException if the result is not of the type
     * @throws RpcException the error that a fault means to a client
     */
    public <T> @Nullable T decodeResponse(byte[] response, Class<T> type) {
        Messages.Response read = messages.readResponse(response, null, false);
        try (XmlRpcParser value = read.value()) {
            if (value == null) {
                return null;
            }
            Object decoded = (read.fault() ? untyped : mapper.readerFor(type)).readValue(value);
            if (read.fault()) {
                throw Fault.of(decoded).toException();
            }
            value.nextToken(); // checks the end of the document
            @SuppressWarnings("unchecked") // the reader's type, which may be primitive
            T result = (T) decoded;
            return result;
        } catch (tools.jackson.databind.DatabindException e) {
            throw new SerializationException(
                    "the result is not of type " + type.getName() + ": " + ValueErrors.text(e) + ValueErrors.hint(e),
                    e);
        } catch (JacksonException e) {
            throw Messages.malformed("the response is not an XML-RPC response", e);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("the response is not an XML-RPC response: " + e.getMessage(), e);
        }
    }
}
