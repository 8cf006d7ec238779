package dev.parley.xmlrpc.format;

import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.nio.CharBuffer;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.FormatFeature;
import tools.jackson.core.FormatSchema;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.Version;
import tools.jackson.core.base.BinaryTSFactory;
import tools.jackson.core.base.DecorableTSFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.IOContext;

/**
 * XML-RPC values as a Jackson format: a document is one {@code <value>}. It reads bytes in any encoding that the JDK knows, and writes UTF-8.
 *
 * <p>A whole document is held in memory while it is read; {@link StreamReadConstraints#getMaxDocumentLength()} bounds it. Thread-safe.
 */
public final class XmlRpcFactory extends BinaryTSFactory {
    /** The name of the format. */
    public static final String FORMAT_NAME = "XML-RPC";

    static final Version VERSION = new Version(0, 1, 0, "SNAPSHOT", "dev.parley", "parley-xmlrpc");

    @Serial
    private static final long serialVersionUID = 1;

    private XmlRpcFactory(Builder builder) {
        super(builder);
    }

    private XmlRpcFactory(XmlRpcFactory source) {
        super(source);
    }

    /** A factory to be set up. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Builder rebuild() {
        return new Builder(this);
    }

    @Override
    public XmlRpcFactory copy() {
        return new XmlRpcFactory(this);
    }

    @Override
    public TokenStreamFactory snapshot() {
        return this;
    }

    /** Whether it writes what the specification does not have. */
    public boolean isEnabled(XmlRpcWriteFeature feature) {
        return feature.enabledIn(_formatWriteFeatures);
    }

    @Override
    public Version version() {
        return VERSION;
    }

    @Override
    public String getFormatName() {
        return FORMAT_NAME;
    }

    @Override
    public boolean canParseAsync() {
        return false;
    }

    @Override
    public boolean canUseSchema(FormatSchema schema) {
        return false;
    }

    @Override
    public Class<? extends FormatFeature> getFormatWriteFeatureType() {
        return XmlRpcWriteFeature.class;
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext io, InputStream in) {
        byte[] bytes;
        try (InputStream closing = in) {
            long limit = _streamReadConstraints.hasMaxDocumentLength()
                    ? _streamReadConstraints.getMaxDocumentLength()
                    : Integer.MAX_VALUE;
            bytes = closing.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE));
        } catch (IOException e) {
            throw JacksonIOException.construct(e);
        }
        return _createParser(readContext, io, bytes, 0, bytes.length);
    }

    @Override
    protected JsonParser _createParser(
            ObjectReadContext readContext, IOContext io, byte[] bytes, int offset, int length) {
        XmlScanner xml = scanner(io, bytes, offset, length);
        xml.next();
        if (!xml.opens("value")) {
            throw xml.refuse("the document is a <" + xml.tag() + ">, not a <value>");
        }
        return parser(readContext, io, xml, XmlRpcParser.Scope.VALUE);
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext io, DataInput in) {
        return _unsupported();
    }

    @Override
    protected JsonGenerator _createGenerator(ObjectWriteContext writeContext, IOContext io, OutputStream out) {
        return generator(writeContext, io, out);
    }

    /** A parser of part of a message, whose opening tag the scanner has read. */
    XmlRpcParser parser(ObjectReadContext readContext, IOContext io, XmlScanner xml, XmlRpcParser.Scope scope) {
        return new XmlRpcParser(readContext, io, readContext.getStreamReadFeatures(_streamReadFeatures), xml, scope);
    }

    XmlRpcGenerator generator(ObjectWriteContext writeContext, IOContext io, OutputStream out) {
        return new XmlRpcGenerator(
                writeContext,
                io,
                writeContext.getStreamWriteFeatures(_streamWriteFeatures),
                writeContext.getFormatWriteFeatures(_formatWriteFeatures),
                out);
    }

    /** A context for one document. */
    public IOContext context(Object content) {
        return _createContext(_createContentReference(content), false);
    }

    /**
     * A scanner at the start of a document.
     *
     * @throws tools.jackson.core.JacksonException if the document is too long or is not in the encoding that it declares
     */
    public XmlScanner scanner(IOContext io, byte[] bytes, int offset, int length) {
        _streamReadConstraints.validateDocumentLength(length);
        CharBuffer text = XmlEncoding.decode(bytes, offset, length);
        return new XmlScanner(text.array(), text.limit(), _streamReadConstraints, io.contentReference());
    }

    /** Settings of an {@link XmlRpcFactory}. Not thread-safe. */
    public static final class Builder extends DecorableTSFactory.DecorableTSFBuilder<XmlRpcFactory, Builder> {
        private Builder() {
            super(
                    StreamReadConstraints.defaults(),
                    StreamWriteConstraints.defaults(),
                    ErrorReportConfiguration.defaults(),
                    0,
                    XmlRpcWriteFeature.defaults());
        }

        private Builder(XmlRpcFactory base) {
            super(base);
        }

        /** Allows what the specification does not have. */
        public Builder configure(XmlRpcWriteFeature feature, boolean state) {
            _formatWriteFeatures =
                    state ? _formatWriteFeatures | feature.getMask() : _formatWriteFeatures & ~feature.getMask();
            return this;
        }

        @Override
        public XmlRpcFactory build() {
            return new XmlRpcFactory(this);
        }
    }
}
