package dev.parley.xmlrpc.format;

import dev.parley.spi.format.FormatFactory;
import java.io.OutputStream;
import java.io.Serial;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.FormatFeature;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.base.DecorableTSFactory;
import tools.jackson.core.io.IOContext;

/**
 * XML-RPC values as a Jackson format: a document is one {@code <value>}. Bytes are read in any encoding that the JDK
 * supports and written in UTF-8.
 *
 * <p>A whole document is held in memory while it is read; {@link StreamReadConstraints#getMaxDocumentLength()} limits
 * it. Immutable and thread-safe.
 */
public final class XmlRpcFactory extends FormatFactory {
    /** The name of the format. */
    public static final String FORMAT_NAME = "XML-RPC";

    @Serial
    private static final long serialVersionUID = 1;

    private XmlRpcFactory(Builder builder) {
        super(builder);
    }

    /** A builder with Jackson's default limits. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Builder rebuild() {
        return new Builder(this);
    }

    /** Whether an extension is written. */
    public boolean isEnabled(XmlRpcWriteFeature feature) {
        return feature.enabledIn(_formatWriteFeatures);
    }

    @Override
    public String getFormatName() {
        return FORMAT_NAME;
    }

    @Override
    public Class<? extends FormatFeature> getFormatWriteFeatureType() {
        return XmlRpcWriteFeature.class;
    }

    @Override
    protected JsonParser _createParser(
            ObjectReadContext readContext, IOContext io, byte[] bytes, int offset, int length) {
        XmlScanner xml = scanner(io, bytes, offset, length);
        xml.nextStart("value");
        return parser(readContext, io, xml, XmlRpcParser.Scope.VALUE);
    }

    /** A parser of part of a message; the scanner is on its start tag. */
    XmlRpcParser parser(ObjectReadContext readContext, IOContext io, XmlScanner xml, XmlRpcParser.Scope scope) {
        return new XmlRpcParser(readContext, io, readFeatures(readContext), xml, scope);
    }

    @Override
    protected JsonGenerator _createGenerator(ObjectWriteContext writeContext, IOContext io, OutputStream out) {
        return new XmlRpcGenerator(
                writeContext,
                io,
                writeContext.getStreamWriteFeatures(_streamWriteFeatures),
                writeContext.getFormatWriteFeatures(_formatWriteFeatures),
                out);
    }

    /** The Jackson context of one document, for {@link #scanner} and {@link XmlRpcMapper#parser}. */
    public IOContext context(Object content) {
        return _createContext(_createContentReference(content), false);
    }

    /** A scanner at the start of a document that tells its encoding itself, or is UTF-8. */
    XmlScanner scanner(IOContext io, byte[] bytes, int offset, int length) {
        return scanner(io, bytes, offset, length, null);
    }

    /**
     * A scanner at the start of a document.
     *
     * @param fallback the charset of a document that tells none and is not UTF-8
     * @throws tools.jackson.core.JacksonException if the document is too long or is not in the encoding that it
     *     declares
     */
    public XmlScanner scanner(IOContext io, byte[] bytes, int offset, int length, @Nullable Charset fallback) {
        _streamReadConstraints.validateDocumentLength(length);
        CharBuffer text = XmlEncoding.decode(bytes, offset, length, fallback);
        XmlCursor cursor = new XmlCursor(text.array(), text.limit(), _streamReadConstraints, io.contentReference());
        return new XmlScanner(cursor, _streamReadConstraints);
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

        /** Enables or disables an extension. */
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
