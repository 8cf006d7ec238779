package dev.parley.spi.format;

import java.io.InputStream;
import java.io.Serial;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.json.ByteSourceJsonBootstrapper;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.sym.ByteQuadsCanonicalizer;

/**
 * JSON whose documents do not affect each other. Jackson's own factory keeps the member names that it reads in one table
 * for all its parsers, where colliding names from one peer make the valid messages of others fail. Here small documents
 * have no such table, and each large one, for which it saves time, has its own. Immutable and thread-safe.
 */
public final class IsolatedJsonFactory extends JsonFactory {
    private static final int CANONICALIZE = TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES.getMask();

    /** From so many bytes on a table saves more time than it costs: as measured, and most where names are repeated. */
    private static final int LARGE = 1024;

    private static final ByteQuadsCanonicalizer NO_TABLE = new NoTable();

    @Serial
    private static final long serialVersionUID = 1;

    /** A table of one document. */
    private static class Table extends ByteQuadsCanonicalizer {
        private static final int LEAST_SIZE = 16;

        Table() {
            // The seed need not be secret: colliding names do harm to their own document only.
            super(LEAST_SIZE, 1);
        }
    }

    /** Gives each parser a table that keeps nothing. */
    private static final class NoTable extends Table {
        @Override
        public ByteQuadsCanonicalizer makeChild(int factoryFeatures) {
            return makeChildOrPlaceholder(factoryFeatures & ~CANONICALIZE);
        }
    }

    /** A factory with the settings of a builder, save for those of member names. */
    public IsolatedJsonFactory(JsonFactoryBuilder settings) {
        super(settings.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES));
    }

    @Override
    protected JsonParser _createParser(
            ObjectReadContext readContext, IOContext io, byte[] data, int offset, int length) {
        return parser(
                readContext,
                new ByteSourceJsonBootstrapper(io, data, offset, length),
                length < LARGE ? NO_TABLE : new Table());
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext io, InputStream in) {
        return parser(readContext, new ByteSourceJsonBootstrapper(io, in), new Table());
    }

    private JsonParser parser(
            ObjectReadContext readContext, ByteSourceJsonBootstrapper source, ByteQuadsCanonicalizer table) {
        return source.constructParser(
                readContext,
                readContext.getStreamReadFeatures(_streamReadFeatures),
                readContext.getFormatReadFeatures(_formatReadFeatures),
                table,
                _rootCharSymbols,
                // Without the feature Jackson would read characters, which is slower and knows no byte offsets.
                _factoryFeatures | CANONICALIZE);
    }

    /** This factory, since it is immutable. */
    @Override
    public JsonFactory copy() {
        return this;
    }

    /** This factory, since it is immutable. */
    @Override
    public TokenStreamFactory snapshot() {
        return this;
    }
}
