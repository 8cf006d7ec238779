package dev.parley.oslo.message;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * The position of one value in the text of a message, to be parsed once its type is known. Immutable, and safe for use
 * by any thread.
 */
final class JsonSlice {
    private final char[] text;
    private final int start;
    private final int end;

    private JsonSlice(char[] text, int start, int end) {
        this.text = text;
        this.start = start;
        this.end = end;
    }

    /** The value that a parser of the whole text is at. Leaves the parser after that value. */
    static JsonSlice of(char[] text, JsonParser json) {
        int start = Math.toIntExact(json.currentTokenLocation().getCharOffset());
        boolean string = json.currentToken() == JsonToken.VALUE_STRING;
        json.skipChildren();
        // The end of a string is not known before it is read, and not needed; a number must end where the slice ends.
        int end = string ? text.length : Math.toIntExact(json.currentLocation().getCharOffset());
        return new JsonSlice(text, start, end);
    }

    /** A new parser, positioned before the value. */
    JsonParser parser(ObjectMapper mapper) {
        return mapper.createParser(text, start, end - start);
    }

    /** How many characters the value has at most. */
    int length() {
        return end - start;
    }

    /** The JSON text of the value. */
    @Override
    public String toString() {
        return new String(text, start, end - start);
    }
}
