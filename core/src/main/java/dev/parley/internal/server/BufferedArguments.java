package dev.parley.internal.server;

import dev.parley.InvalidArgumentsException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.util.TokenBuffer;

/**
 * The arguments of one call to overloaded methods, kept so that several overloads can be tried. For the thread of the
 * call only.
 */
final class BufferedArguments {
    private final @Nullable TokenBuffer tokens;
    private final boolean named;
    private final List<JsonToken> kinds = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    private BufferedArguments(@Nullable TokenBuffer tokens, boolean named) {
        this.tokens = tokens;
        this.named = named;
    }

    /**
     * Reads the arguments.
     *
     * @param parser on or before the start of the arguments; {@code null} for none
     */
    static BufferedArguments read(String method, @Nullable JsonParser parser) {
        if (parser == null) {
            return new BufferedArguments(null, false);
        }
        try {
            JsonToken start = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
            if (start == null || start == JsonToken.VALUE_NULL) {
                return new BufferedArguments(null, false);
            } else if (start != JsonToken.START_ARRAY && start != JsonToken.START_OBJECT) {
                throw new InvalidArgumentsException(ArgumentErrors.notArguments(method, start));
            }
            TokenBuffer tokens = TokenBuffer.forBuffering(parser, parser.objectReadContext());
            tokens.copyCurrentStructure(parser);
            BufferedArguments arguments = new BufferedArguments(tokens, start == JsonToken.START_OBJECT);
            arguments.scan(tokens);
            return arguments;
        } catch (JacksonException e) {
            throw ArgumentErrors.malformed(method, e);
        }
    }

    private void scan(TokenBuffer buffer) {
        try (JsonParser parser = buffer.asParser()) {
            JsonToken end = named ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
            parser.nextToken();
            for (JsonToken token = parser.nextToken(); token != end; token = parser.nextToken()) {
                if (named) {
                    names.add(parser.currentName());
                    token = parser.nextToken();
                }
                kinds.add(token);
                parser.skipChildren();
            }
        }
    }

    /** A new parser just before the arguments; {@code null} for none. */
    @Nullable
    JsonParser parser() {
        return tokens == null ? null : tokens.asParser();
    }

    boolean named() {
        return named;
    }

    /** The names of named arguments, in order. */
    List<String> names() {
        return names;
    }

    /** The first token of each argument, in order. */
    List<JsonToken> kinds() {
        return kinds;
    }

    int count() {
        return kinds.size();
    }

    @Override
    public String toString() {
        return named && count() > 0 ? "the arguments " + String.join(", ", names) : ArgumentBinder.count(count());
    }
}
