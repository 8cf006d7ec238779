package dev.parley.xmlrpc;

import static dev.parley.xmlrpc.format.XmlOutput.ascii;

import dev.parley.ProtocolException;
import dev.parley.SerializationException;
import dev.parley.net.http.rpc.ResponseText;
import dev.parley.spi.ValueErrors;
import dev.parley.xmlrpc.format.XmlOutput;
import dev.parley.xmlrpc.format.XmlRpcGenerator;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import dev.parley.xmlrpc.format.XmlScanner;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;

/** The envelopes around the values: {@code methodCall}, {@code methodResponse} and its {@code fault}. Thread-safe. */
final class Messages {
    private static final byte[] CALL = ascii("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>");
    private static final byte[] PARAMS = ascii("</methodName><params>");
    private static final byte[] PARAM = ascii("<param>");
    private static final byte[] END_PARAM = ascii("</param>");
    private static final byte[] END_CALL = ascii("</params></methodCall>");
    private static final byte[] RESPONSE =
            ascii("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodResponse><params><param>");
    private static final byte[] END_RESPONSE = ascii("</param></params></methodResponse>");
    private static final byte[] FAULT = ascii("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodResponse><fault>");
    private static final byte[] END_FAULT = ascii("</fault></methodResponse>");
    private static final byte[] RESPONSE_START =
            ascii("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodResponse><params><param><value><array><data>");
    private static final byte[] RESPONSE_END = ascii("</data></array></value></param></params></methodResponse>");
    private static final byte[] MULTICALL = ascii("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>"
            + "system.multicall</methodName><params><param><value><array><data>");
    private static final byte[] END_MULTICALL = ascii("</data></array></value></param></params></methodCall>");
    private static final byte[] ITEM = ascii("<value><array><data>");
    private static final byte[] END_ITEM = ascii("</data></array></value>");

    private final XmlRpcMapper mapper;
    private final ObjectWriter untyped;
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    Messages(XmlRpcMapper mapper) {
        this.mapper = mapper;
        // A flush after each value would empty the buffer in small pieces.
        this.untyped = mapper.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    }

    XmlRpcMapper mapper() {
        return mapper;
    }

    /**
     * A call that was read as far as its method's name.
     *
     * @param arguments an array of the arguments, not yet read
     */
    record Call(String method, XmlRpcParser arguments) {}

    /**
     * A response that was read as far as its kind.
     *
     * @param fault whether the value is that of a fault
     * @param value the value; {@code null} if the response has none
     * @param xml the scanner behind it
     */
    record Response(boolean fault, @Nullable XmlRpcParser value, XmlScanner xml) {
        /** Whether another value follows the one that was read. */
        boolean more() {
            return !fault && value != null && xml.opens("param");
        }
    }

    // --- reading

    /**
     * Reads a call up to its arguments.
     *
     * @param contentType the {@code Content-Type} of the request, if it has one
     * @throws ProtocolException if the document is malformed
     */
    Call readCall(byte[] body, @Nullable String contentType) {
        try {
            var io = mapper.tokenStreamFactory().context(body);
            XmlScanner xml =
                    mapper.tokenStreamFactory().scanner(io, body, 0, body.length, ResponseText.charset(contentType));
            xml.nextStart("methodCall");
            xml.nextStart("methodName");
            String method = xml.text().strip();
            if (!xml.closes("methodName") || method.isEmpty()) {
                throw xml.malformed("<methodName> has no method name");
            }
            xml.next();
            if (xml.opens("params")) {
                return new Call(method, mapper.parser(io, xml, XmlRpcParser.Scope.PARAMS));
            }
            if (!xml.closes("methodCall")) {
                throw xml.malformed("<" + xml.tag() + "> where <params> is due");
            }
            xml.finish();
            return new Call(method, mapper.parser(io, xml, XmlRpcParser.Scope.NOTHING));
        } catch (JacksonException e) {
            throw malformed("the request is not an XML-RPC call", e);
        }
    }

    /**
     * Reads a response up to its value.
     *
     * @param contentType the {@code Content-Type} of the response, if it has one
     * @param all whether to present all values as an array; else the first one
     * @throws ProtocolException if the document is malformed
     */
    Response readResponse(byte[] body, @Nullable String contentType, boolean all) {
        try {
            var io = mapper.tokenStreamFactory().context(body);
            XmlScanner xml =
                    mapper.tokenStreamFactory().scanner(io, body, 0, body.length, ResponseText.charset(contentType));
            xml.nextStart("methodResponse");
            xml.next();
            if (xml.opens("fault")) {
                return new Response(true, mapper.parser(io, xml, XmlRpcParser.Scope.FAULT), xml);
            }
            if (!xml.opens("params")) {
                throw xml.malformed("<" + xml.tag() + "> where <params> or <fault> is due");
            }
            if (all) {
                return new Response(false, mapper.parser(io, xml, XmlRpcParser.Scope.PARAMS), xml);
            }
            xml.next();
            if (xml.closes("params")) {
                xml.next();
                xml.finish();
                return new Response(false, null, xml);
            }
            if (!xml.opens("param")) {
                throw xml.malformed("<" + xml.tag() + "> where <param> is due");
            }
            return new Response(false, mapper.parser(io, xml, XmlRpcParser.Scope.PARAM), xml);
        } catch (JacksonException e) {
            throw malformed("the response is not an XML-RPC response", e);
        }
    }

    /** The error for a document that cannot be parsed. */
    static ProtocolException malformed(String what, JacksonException e) {
        String place = e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        String kind = e instanceof StreamConstraintsException ? " within the limits: " : ": ";
        return new ProtocolException(what + kind + ValueErrors.text(e) + place, e);
    }

    // --- writing

    /**
     * A call.
     *
     * @throws SerializationException if an argument cannot be written
     */
    byte[] writeCall(String method, List<? extends @Nullable Object> arguments) {
        int[] index = {-1};
        try {
            return write(generator -> {
                XmlOutput out = generator.output();
                out.markup(CALL);
                out.text(method, generator);
                out.markup(PARAMS);
                for (Object argument : arguments) {
                    index[0]++;
                    out.markup(PARAM);
                    untyped.writeValue(generator, argument);
                    out.markup(END_PARAM);
                }
                out.markup(END_CALL);
            });
        } catch (JacksonException e) {
            throw unwritable(method, index[0], e);
        }
    }

    private static SerializationException unwritable(String method, int index, JacksonException e) {
        return new SerializationException(
                (index < 0 ? "the method's name" : "argument " + (index + 1) + " of " + method) + " cannot be sent: "
                        + ValueErrors.text(e),
                e);
    }

    /**
     * A call as an item of a multicall: a struct of its name and arguments.
     *
     * @throws SerializationException if an argument cannot be written
     */
    byte[] writeCallItem(String method, List<? extends @Nullable Object> arguments) {
        int[] index = {-1};
        try {
            return write(generator -> {
                generator.writeStartObject();
                generator.writeStringProperty("methodName", method);
                generator.writeName("params");
                generator.writeStartArray();
                for (Object argument : arguments) {
                    index[0]++;
                    untyped.writeValue(generator, argument);
                }
                generator.writeEndArray();
                generator.writeEndObject();
            });
        } catch (JacksonException e) {
            throw unwritable(method, index[0], e);
        }
    }

    /** The call of a multicall with these items. */
    static byte[] writeCallItems(List<byte[]> items) {
        return joined(MULTICALL, items, END_MULTICALL);
    }

    /**
     * A result.
     *
     * @throws SerializationException if it cannot be written
     */
    byte[] writeResult(String method, @Nullable Object value, Type type) {
        return result(method, value, type, RESPONSE, END_RESPONSE);
    }

    /** A result as an item of the response of a multicall: an array of one. */
    byte[] writeItem(String method, @Nullable Object value, Type type) {
        return result(method, value, type, ITEM, END_ITEM);
    }

    private byte[] result(String method, @Nullable Object value, Type type, byte[] before, byte[] after) {
        ObjectWriter writer = value == null ? untyped : writers.computeIfAbsent(type, this::writer);
        try {
            return write(generator -> {
                generator.output().markup(before);
                writer.writeValue(generator, value);
                generator.output().markup(after);
            });
        } catch (JacksonException e) {
            throw new SerializationException("the result of " + method + " cannot be sent: " + ValueErrors.text(e), e);
        }
    }

    private ObjectWriter writer(Type type) {
        return type == Object.class || type == void.class ? untyped : untyped.forType(mapper.constructType(type));
    }

    /** A fault. What XML cannot carry in its text is replaced, so that this never fails. */
    byte[] writeFault(Fault fault) {
        return write(generator -> {
            generator.output().markup(FAULT);
            fault(generator, fault);
            generator.output().markup(END_FAULT);
        });
    }

    /** A fault as an item of the response of a multicall. */
    byte[] writeFaultItem(Fault fault) {
        return write(generator -> fault(generator, fault));
    }

    private static void fault(XmlRpcGenerator generator, Fault fault) {
        generator.writeStartObject();
        generator.writeNumberProperty("faultCode", fault.code());
        generator.writeStringProperty("faultString", writable(fault.text()));
        generator.writeEndObject();
    }

    /** The response of a multicall with these items. */
    static byte[] writeItems(List<byte[]> items) {
        return joined(RESPONSE_START, items, RESPONSE_END);
    }

    private static byte[] joined(byte[] start, List<byte[]> items, byte[] end) {
        int size = start.length + end.length;
        for (byte[] item : items) {
            size = Math.addExact(size, item.length);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        out.writeBytes(start);
        items.forEach(out::writeBytes);
        out.writeBytes(end);
        return out.toByteArray();
    }

    private interface Content {
        void write(XmlRpcGenerator generator);
    }

    private byte[] write(Content content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (XmlRpcGenerator generator = (XmlRpcGenerator) mapper.createGenerator(out)) {
            content.write(generator);
        }
        return out.toByteArray();
    }

    private static String writable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\t'
                                || c == '\n'
                                || c == '\r'
                                || c >= ' ' && c < 0xD800
                                || c >= 0xE000 && c < 0xFFFE
                                || c > 0xFFFF
                        ? c
                        : 0xFFFD)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
