package dev.parley.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.SerializableString;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * The parser of a large message: charges for the values that its tokens become, and ends when nobody wants the message
 * any more or the memory budget is used up. Confined to the thread that decodes.
 */
public final class MeteredParser extends JsonParserDelegate {
    /** What a token becomes in memory, in bytes: an entry of a list or a map, or a small value. */
    public static final int BYTES_PER_TOKEN = 64;

    /** How many tokens are charged at a time. */
    private static final int STEP = 1024;

    private final Decoding decoding;
    private final Runnable check;
    private int tokens;
    private @Nullable RuntimeException failure;

    /**
     * A parser around another one.
     *
     * @param check throws if nobody wants the message any more
     */
    public MeteredParser(JsonParser parser, Decoding decoding, Runnable check) {
        super(parser);
        this.decoding = Objects.requireNonNull(decoding, "decoding");
        this.check = Objects.requireNonNull(check, "check");
    }

    /**
     * What databinding has failed with: why this parser has ended, if it has, which databinding wraps in errors of its
     * own.
     */
    public RuntimeException cause(RuntimeException error) {
        return failure == null ? error : failure;
    }

    private void count() {
        if (++tokens % STEP == 0) {
            try {
                check.run();
                decoding.take((long) STEP * BYTES_PER_TOKEN);
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }
    }

    @Override
    public JsonToken nextToken() {
        count();
        return delegate.nextToken();
    }

    @Override
    public JsonToken nextValue() {
        count();
        return delegate.nextValue();
    }

    @Override
    public String nextName() {
        count();
        return delegate.nextName();
    }

    @Override
    public boolean nextName(SerializableString name) {
        count();
        return delegate.nextName(name);
    }

    @Override
    public int nextNameMatch(PropertyNameMatcher matcher) {
        count();
        return delegate.nextNameMatch(matcher);
    }
}
