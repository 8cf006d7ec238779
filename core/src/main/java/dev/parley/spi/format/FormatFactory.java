package dev.parley.spi.format;

import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import tools.jackson.core.FormatSchema;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.Version;
import tools.jackson.core.base.BinaryTSFactory;
import tools.jackson.core.base.DecorableTSFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.IOContext;

/**
 * Base class of factories for value formats that are written as bytes and read from a byte array.
 *
 * <p>A subclass implements {@link #_createParser(ObjectReadContext, IOContext, byte[], int, int)} and
 * {@code _createGenerator}. Input streams are read into memory first, up to
 * {@link StreamReadConstraints#getMaxDocumentLength()}; a {@link DataInput} is not supported. Factories are immutable
 * and thread-safe, and so must a subclass be.
 */
public abstract class FormatFactory extends BinaryTSFactory {
    /** The largest array that every JVM can allocate. */
    private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 16;

    @Serial
    private static final long serialVersionUID = 1;

    /** A factory with the settings of a builder. */
    protected FormatFactory(DecorableTSFactory.DecorableTSFBuilder<?, ?> builder) {
        super(builder);
    }

    /** The read features of the context, or else of this factory. */
    protected final int readFeatures(ObjectReadContext readContext) {
        return readContext.getStreamReadFeatures(_streamReadFeatures);
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext io, InputStream in) {
        byte[] bytes;
        try {
            bytes = in.readNBytes(maxBytesToRead());
            if (io.isResourceManaged() || StreamReadFeature.AUTO_CLOSE_SOURCE.enabledIn(readFeatures(readContext))) {
                in.close();
            }
        } catch (IOException e) {
            throw JacksonIOException.construct(e);
        }
        return _createParser(readContext, io, bytes, 0, bytes.length);
    }

    /** One byte more than a document may have, so that the parser sees that the document is too long. */
    private int maxBytesToRead() {
        return _streamReadConstraints.hasMaxDocumentLength()
                ? (int) Math.min(MAX_ARRAY_BYTES, _streamReadConstraints.getMaxDocumentLength() + 1)
                : MAX_ARRAY_BYTES;
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext io, DataInput in) {
        throw new UnsupportedOperationException(
                getFormatName() + " is read from a byte array or an InputStream, not from a DataInput");
    }

    /** A factory with the same settings. */
    @Override
    public TokenStreamFactory copy() {
        return rebuild().build();
    }

    /** This factory, since it is immutable. */
    @Override
    public TokenStreamFactory snapshot() {
        return this;
    }

    /** {@code false}. */
    @Override
    public boolean canParseAsync() {
        return false;
    }

    /** {@code false}. */
    @Override
    public boolean canUseSchema(FormatSchema schema) {
        return false;
    }

    /** Unknown: a format is released with the module that it is part of. */
    @Override
    public Version version() {
        return Version.unknownVersion();
    }
}
