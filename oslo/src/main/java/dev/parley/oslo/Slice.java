package dev.parley.oslo;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/** Where in a message one value stands, to be read when its type is known. Immutable. */
final class Slice {
    private final char[] text;
    private final int start;
    private final int end;

    private Slice(char[] text, int start, int end) {
        this.text = text;
        this.start = start;
        this.end = end;
    }

    /** The value that this parser of the whole text is at; the parser is after it then. */
    static Slice of(char[] text, JsonParser json) {
        int start = Math.toIntExact(json.currentTokenLocation().getCharOffset());
        boolean string = json.currentToken() == JsonToken.VALUE_STRING;
        json.skipChildren();
        // A string's end is not known before it is read, nor needed; but a number that something follows is no number.
        int end = string ? text.length : Math.toIntExact(json.currentLocation().getCharOffset());
        return new Slice(text, start, end);
    }

    /** A parser just before the value. */
    JsonParser parser(ObjectMapper mapper) {
        return mapper.createParser(text, start, end - start);
    }

    /** The value's text. */
    @Override
    public String toString() {
        return new String(text, start, end - start);
    }
}
