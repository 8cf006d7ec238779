package dev.parley.jsonrpc.message;

import dev.parley.spi.ValueErrors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.ObjectMapper;

/**
 * One JSON object of a message, request or response: where its members lie in the message's bytes.
 *
 * <p>The message is scanned whole before anything is done about it, since the members come in any order and the last
 * byte may be wrong. Arguments and results are
 * then decoded from their own bytes straight into Java types. Confined to one thread until published.
 */
public final class Envelope {
    /** The member of {@code params} by which python-jsonrpc mixes positional and named arguments. */
    public static final String POSITIONAL = "__args";

    /** The bytes of the whole message. */
    public final byte[] bytes;
    /** {@code jsonrpc}: its text or number, or another kind of value's token. */
    @Nullable
    public String version;

    @Nullable
    public JsonToken versionToken;
    /** {@code method}, if it is text. */
    @Nullable
    public String method;

    @Nullable
    public JsonToken methodToken;
    /** {@code id} as it stands in the message, so that any number comes back digit by digit. */
    @Nullable
    public String id;

    @Nullable
    public JsonToken idToken;

    @Nullable
    public JsonToken paramsToken;

    public int paramsStart;
    public int paramsEnd;
    /** {@code params} has the member {@code __args}, by which python-jsonrpc mixes positional and named arguments. */
    public boolean mixedParams;

    @Nullable
    public JsonToken resultToken;

    public int resultStart;
    public int resultEnd;

    @Nullable
    public JsonToken errorToken;

    public int errorStart;
    public int errorEnd;
    /** A member that occurs twice. */
    @Nullable
    public String duplicate;

    private Envelope(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether there are parameters; null stands for none. */
    public boolean hasParams() {
        return paramsToken != null && paramsToken != JsonToken.VALUE_NULL;
    }

    /** Whether it is a request or notification; a response may repeat the method beside its result. */
    public boolean isRequest() {
        return methodToken != null && methodToken != JsonToken.VALUE_NULL && resultToken == null && errorToken == null;
    }

    /**
     * Whether it is a response with an error. Beside a result some servers write {@code false}, 0, empty text, or the
     * empty array or object of PHP and Lua for none.
     */
    public boolean hasError() {
        if (errorToken == null || errorToken == JsonToken.VALUE_NULL) {
            return false;
        }
        return resultToken == null || resultToken == JsonToken.VALUE_NULL || !isNone();
    }

    private boolean isNone() {
        return switch (errorToken) {
            case VALUE_FALSE -> true;
            case VALUE_NUMBER_INT -> errorEnd - errorStart == 1 && bytes[errorStart] == '0';
            case VALUE_STRING -> errorEnd - errorStart == 2;
            case START_ARRAY, START_OBJECT ->
                new String(bytes, errorStart + 1, errorEnd - errorStart - 2, StandardCharsets.UTF_8).isBlank();
            case null, default -> false;
        };
    }

    /**
     * A message: one object or a batch.
     *
     * @param batch whether it is an array
     * @param elements its objects; {@code null} for an element that is not an object
     */
    public record Message(boolean batch, List<@Nullable Envelope> elements) {}

    /** A message that is not valid JSON, or exceeds a limit. */
    public static final class UnreadableException extends Exception {
        /** Whether it is well-formed as far as was read, but not acceptable. */
        public final boolean invalid;

        public UnreadableException(String message, boolean invalid) {
            super(message);
            this.invalid = invalid;
        }
    }

    /** Whether a message that cannot be parsed may be a request. */
    public static boolean hasMethod(byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1).contains("\"method\"");
    }

    /**
     * Scans a message.
     *
     * @param maxElements the largest batch; 0 for none
     */
    public static Message scan(ObjectMapper mapper, byte[] message, int maxElements) throws UnreadableException {
        byte[] bytes = utf8(message);
        try (JsonParser parser = mapper.createParser(bytes)) {
            JsonToken start = parser.nextToken();
            if (start == null) {
                throw new UnreadableException("the message is empty", false);
            }
            boolean batch = start == JsonToken.START_ARRAY;
            List<@Nullable Envelope> elements = new ArrayList<>(batch ? 8 : 1);
            if (batch && maxElements == 0) {
                throw new UnreadableException("batches are switched off here; send each request alone", true);
            }
            if (batch) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (elements.size() == maxElements) {
                        throw new UnreadableException(
                                "the batch has more than the " + maxElements + " elements allowed", true);
                    }
                    elements.add(element(parser, bytes));
                }
            } else {
                elements.add(element(parser, bytes));
            }
            if (parser.nextToken() != null) {
                throw new UnreadableException("something follows the JSON text", false);
            }
            return new Message(batch, elements);
        } catch (StreamConstraintsException e) {
            throw new UnreadableException(ValueErrors.text(e), true);
        } catch (JacksonException e) {
            throw new UnreadableException(
                    ValueErrors.text(e) + " (at byte " + e.getLocation().getByteOffset() + ")", false);
        }
    }

    private static byte[] utf8(byte[] bytes) throws UnreadableException {
        for (int i = 0; i < Math.min(4, bytes.length); i++) {
            if (bytes[i] == 0 || bytes[i] == (byte) 0xff || bytes[i] == (byte) 0xfe) {
                throw new UnreadableException("JSON is exchanged as UTF-8 (RFC 8259), these bytes are not", false);
            }
        }
        boolean mark =
                bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf;
        return mark ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    }

    private static @Nullable Envelope element(JsonParser parser, byte[] bytes) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        Envelope envelope = new Envelope(bytes);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            envelope.member(name, parser.nextToken(), parser);
        }
        return envelope;
    }

    private void member(String name, JsonToken token, JsonParser parser) {
        switch (name) {
            case "jsonrpc" -> {
                duplicate = versionToken == null ? duplicate : name;
                versionToken = token;
                version = token == JsonToken.VALUE_STRING || token.isNumeric() ? parser.getString() : null;
                parser.skipChildren();
            }
            case "method" -> {
                duplicate = methodToken == null ? duplicate : name;
                methodToken = token;
                method = token == JsonToken.VALUE_STRING ? parser.getString() : null;
                parser.skipChildren();
            }
            case "id" -> {
                duplicate = idToken == null ? duplicate : name;
                idToken = token;
                int start = start(parser);
                parser.skipChildren();
                id = new String(bytes, start, end(parser) - start, StandardCharsets.UTF_8);
            }
            case "params" -> {
                duplicate = paramsToken == null ? duplicate : name;
                paramsToken = token;
                paramsStart = start(parser);
                if (token == JsonToken.START_OBJECT) {
                    while (parser.nextToken() != JsonToken.END_OBJECT) {
                        mixedParams |= parser.currentName().equals(POSITIONAL);
                        parser.nextToken();
                        parser.skipChildren();
                    }
                } else {
                    parser.skipChildren();
                }
                paramsEnd = end(parser);
            }
            case "result" -> {
                duplicate = resultToken == null ? duplicate : name;
                resultToken = token;
                resultStart = start(parser);
                parser.skipChildren();
                resultEnd = end(parser);
            }
            case "error" -> {
                duplicate = errorToken == null ? duplicate : name;
                errorToken = token;
                errorStart = start(parser);
                parser.skipChildren();
                errorEnd = end(parser);
            }
            default -> parser.skipChildren();
        }
    }

    private static int start(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser parser) {
        // A text is read lazily: its end is known only once it is.
        parser.finishToken();
        return (int) parser.currentLocation().getByteOffset();
    }

    /** Whether it is a response to what its sender could not read, to which there is none in turn. */
    public boolean isErrorToNothing() {
        return methodToken == null && resultToken == null && errorToken == JsonToken.START_OBJECT && Ids.isAbsent(this);
    }
}
