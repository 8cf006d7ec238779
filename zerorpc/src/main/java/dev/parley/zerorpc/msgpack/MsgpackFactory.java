package dev.parley.zerorpc.msgpack;

import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import tools.jackson.core.ErrorReportConfiguration;
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
import tools.jackson.core.base.DecorableTSFactory.DecorableTSFBuilder;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.IOContext;

/**
 * MessagePack for Jackson.
 *
 * <p>Strings and binary data are read as either; a timestamp is read as ISO-8601 text, any other extension as a {@link MsgpackExtension}; map keys may be
 * strings, binary data, numbers or booleans, and are taken as text. Written are the shortest forms; a number beyond 64 bits, and a decimal that a float of 64
 * bits cannot hold, are refused. Map keys are written as text, since Python's peers drop messages with others. Immutable and thread-safe.
 */
public final class MsgpackFactory extends BinaryTSFactory {
    private static final long serialVersionUID = 1;

    private final boolean refuseNumberKeys;

    private MsgpackFactory(Builder builder) {
        super(builder);
        this.refuseNumberKeys = builder.refuseNumberKeys;
    }

    /** A builder with Jackson's default limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether a map with whole numbers for keys is refused when writing, rather than written with the numbers as text. */
    public boolean refusesNumberKeys() {
        return refuseNumberKeys;
    }

    @Override
    public TokenStreamFactory copy() {
        return rebuild().build();
    }

    @Override
    public TokenStreamFactory snapshot() {
        return this;
    }

    @Override
    public Builder rebuild() {
        return new Builder(this);
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
    public String getFormatName() {
        return "MessagePack";
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext ioContext, InputStream in) {
        try {
            // One byte more than allowed, so that the parser sees that it is too much.
            int most = (int) Math.min(
                    Integer.MAX_VALUE - 16,
                    streamReadConstraints().getMaxDocumentLength() < 0
                            ? Long.MAX_VALUE
                            : streamReadConstraints().getMaxDocumentLength() + 1);
            byte[] bytes = in.readNBytes(most);
            return new MsgpackParser(readContext, ioContext, streamReadFeatures(readContext), bytes, 0, bytes.length);
        } catch (IOException e) {
            throw JacksonIOException.construct(e);
        }
    }

    @Override
    protected JsonParser _createParser(
            ObjectReadContext readContext, IOContext ioContext, byte[] bytes, int offset, int length) {
        return new MsgpackParser(readContext, ioContext, streamReadFeatures(readContext), bytes, offset, length);
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext ioContext, DataInput in) {
        throw new UnsupportedOperationException("MessagePack is read from bytes or a stream, not from a DataInput");
    }

    @Override
    protected JsonGenerator _createGenerator(ObjectWriteContext writeContext, IOContext ioContext, OutputStream out) {
        return new MsgpackGenerator(
                writeContext,
                ioContext,
                writeContext.getStreamWriteFeatures(_streamWriteFeatures),
                out,
                refuseNumberKeys);
    }

    private int streamReadFeatures(ObjectReadContext readContext) {
        return readContext.getStreamReadFeatures(_streamReadFeatures);
    }

    /** Settings of a factory. Not thread-safe. */
    public static final class Builder extends DecorableTSFBuilder<MsgpackFactory, Builder> {
        private boolean refuseNumberKeys;

        private Builder() {
            super(
                    StreamReadConstraints.defaults(),
                    StreamWriteConstraints.defaults(),
                    ErrorReportConfiguration.defaults(),
                    0,
                    0);
        }

        private Builder(MsgpackFactory base) {
            super(base);
            this.refuseNumberKeys = base.refuseNumberKeys;
        }

        /** Whether a map with whole numbers for keys is refused when writing. By default the numbers are written as text. */
        public Builder refuseNumberKeys(boolean refuse) {
            refuseNumberKeys = refuse;
            return this;
        }

        @Override
        public MsgpackFactory build() {
            return new MsgpackFactory(this);
        }
    }
}
