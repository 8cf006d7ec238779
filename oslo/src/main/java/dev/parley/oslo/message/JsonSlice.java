package dev.parley.oslo.message;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/** Where in a message one value stands, to be read when its type is known. Immutable. */
public final class JsonSlice {
    private final char[] text;
    private final int start;
    private final int end;

    private JsonSlice(char[] text, int start, int end) {
        this.text = text;
        this.start = start;
        this.end = end;
    }

    /** The value that this parser of the whole text is at; the parser is after it then. */
    public static JsonSlice of(char[] text, JsonParser json) {
        int start = Math.toIntExact(json.currentTokenLocation().getCharOffset());
        boolean string = json.currentToken() == JsonToken.VALUE_STRING;
        json.skipChildren();
        // A string's end is not known before it is read, nor needed; but a number that something follows is no number.
        int end = string ? text.length : Math.toIntExact(json.currentLocation().getCharOffset());
        return new JsonSlice(text, start, end);
    }

    /** A parser just before the value. */
    public JsonParser parser(ObjectMapper mapper) {
        return mapper.createParser(text, start, end - start);
    }

    /** The value's text. */
    @Override
    public String toString() {
        return new String(text, start, end - start);
    }
}
