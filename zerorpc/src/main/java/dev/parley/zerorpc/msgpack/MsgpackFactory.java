package dev.parley.zerorpc.msgpack;

import dev.parley.spi.format.FormatFactory;
import java.io.OutputStream;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.base.DecorableTSFactory.DecorableTSFBuilder;
import tools.jackson.core.io.IOContext;

/**
 * MessagePack as a Jackson format.
 *
 * <p>Strings and binary data can each be read as the other. A timestamp is read as ISO-8601 text, any other extension
 * as a {@link MsgpackExtension}. Map keys may be strings, binary data, numbers or booleans, and are read as text.
 * Values are written in their shortest form; whole numbers beyond 64 bits are an error, and decimals are text, since
 * MessagePack has neither. Map keys are written as text, since Python's peers drop messages with other keys.
 *
 * <p>Immutable and thread-safe.
 */
public final class MsgpackFactory extends FormatFactory {
    private static final long serialVersionUID = 1;

    private final boolean refuseNumberKeys;
    private final boolean timestamps;
    private final boolean floatDecimals;

    private MsgpackFactory(Builder builder) {
        super(builder);
        this.refuseNumberKeys = builder.refuseNumberKeys;
        this.timestamps = builder.timestamps;
        this.floatDecimals = builder.floatDecimals;
    }

    /** A builder with Jackson's default limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether writing a map with whole numbers as keys is an error; otherwise the keys are written as text. */
    public boolean refusesNumberKeys() {
        return refuseNumberKeys;
    }

    /** Whether times are written as timestamps; otherwise as text. */
    public boolean writesTimestamps() {
        return timestamps;
    }

    /** Whether decimals are written as 64-bit floats; otherwise as text. */
    public boolean writesDecimalsAsFloats() {
        return floatDecimals;
    }

    @Override
    public Builder rebuild() {
        return new Builder(this);
    }

    @Override
    public String getFormatName() {
        return "MessagePack";
    }

    @Override
    protected JsonParser _createParser(
            ObjectReadContext readContext, IOContext ioContext, byte[] bytes, int offset, int length) {
        return new MsgpackParser(readContext, ioContext, readFeatures(readContext), bytes, offset, length);
    }

    @Override
    protected JsonGenerator _createGenerator(ObjectWriteContext writeContext, IOContext ioContext, OutputStream out) {
        return new MsgpackGenerator(
                writeContext, ioContext, writeContext.getStreamWriteFeatures(_streamWriteFeatures), out, this);
    }

    /** Settings of a factory. Not thread-safe. */
    public static final class Builder extends DecorableTSFBuilder<MsgpackFactory, Builder> {
        private boolean refuseNumberKeys;
        private boolean timestamps;
        private boolean floatDecimals;

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
            this.timestamps = base.timestamps;
            this.floatDecimals = base.floatDecimals;
        }

        /** Whether writing a map with whole numbers as keys is an error. By default the keys are written as text. */
        public Builder refuseNumberKeys(boolean refuse) {
            refuseNumberKeys = refuse;
            return this;
        }

        /**
         * Whether points in time ({@code Instant}, {@code OffsetDateTime}, {@code ZonedDateTime}, {@code Date} and
         * {@code Calendar}) are written as MessagePack's timestamps, which have no offset. By default they are ISO-8601
         * text.
         */
        public Builder timestamps(boolean write) {
            timestamps = write;
            return this;
        }

        /**
         * Whether decimals are written as 64-bit floats, and those that a float does not hold are an error. By default
         * they are text with all their digits.
         */
        public Builder decimalsAsFloats(boolean write) {
            floatDecimals = write;
            return this;
        }

        @Override
        public MsgpackFactory build() {
            return new MsgpackFactory(this);
        }
    }
}
