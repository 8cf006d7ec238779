package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.ObjectMapper;

/**
 * The envelope {@code {"oslo.version": "2.0", "oslo.message": "…"}} around the JSON text of a message. A body without
 * it is the message itself, as in oslo.messaging ({@code _drivers/common.py}). Safe for use by any thread.
 */
public final class Envelope {
    /** The content type of every message. */
    public static final String CONTENT_TYPE = "application/json";

    /** The content encoding of every message. */
    public static final String CONTENT_ENCODING = "utf-8";

    private static final String VERSION = "2.0";
    private static final byte[] HEAD =
            ("{\"oslo.version\": \"" + VERSION + "\", \"oslo.message\": \"").getBytes(StandardCharsets.US_ASCII);

    private Envelope() {}

    /**
     * Wraps JSON text. Of the characters that a JSON string must escape, compact JSON text contains only quotes and
     * backslashes.
     */
    static byte[] seal(byte[] json) {
        int escapes = 0;
        for (byte b : json) {
            if (b == '"' || b == '\\') {
                escapes++;
            }
        }
        byte[] body = Arrays.copyOf(HEAD, HEAD.length + json.length + escapes + 2);
        int at = HEAD.length;
        for (byte b : json) {
            if (b == '"' || b == '\\') {
                body[at++] = '\\';
            }
            body[at++] = b;
        }
        body[at++] = '"';
        body[at] = '}';
        return body;
    }

    /**
     * Unwraps the JSON text.
     *
     * @param maxBytes the maximum size of the body, also after it is decompressed
     * @throws ProtocolException if the body is malformed or exceeds the limit
     */
    static char[] open(Content content, ObjectMapper mapper, int maxBytes) {
        String type = content.contentType();
        if (type != null && !type.toLowerCase(Locale.ROOT).startsWith(CONTENT_TYPE)) {
            throw new ProtocolException("unsupported content type '" + type + "', expected " + CONTENT_TYPE);
        }
        String compression = content.compression();
        byte[] body = compression == null
                ? content.body()
                : Compression.ofHeader(compression).decompress(content.body(), maxBytes);
        if (body.length > maxBytes) {
            String error = "a message of " + body.length + " bytes exceeds the limit of " + maxBytes;
            throw new ProtocolException(error, new StreamConstraintsException(error));
        }
        Charset charset = charset(content.contentEncoding());
        boolean utf8 = charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII);
        char[] text = utf8 ? null : decode(body, charset);
        try (JsonParser json = text == null ? mapper.createParser(body) : mapper.createParser(text)) {
            char[] inner = inner(json);
            if (inner != null) {
                return inner;
            }
        } catch (JacksonException e) {
            throw Codec.malformed(e);
        }
        return text == null ? decode(body, StandardCharsets.UTF_8) : text;
    }

    private static char @Nullable [] inner(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new ProtocolException("the message is not a JSON object");
        }
        String version = null;
        char[] message = null;
        while ((version == null || message == null) && json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (name.equals("oslo.version") && token == JsonToken.VALUE_STRING) {
                version = json.getString();
            } else if (name.equals("oslo.message") && token == JsonToken.VALUE_STRING) {
                int from = json.getStringOffset();
                message = Arrays.copyOfRange(json.getStringCharacters(), from, from + json.getStringLength());
            } else {
                json.skipChildren();
            }
        }
        if (version == null || message == null) {
            return null;
        } else if (!version.equals(VERSION)) {
            throw new ProtocolException("unsupported envelope version '" + version + "', expected " + VERSION);
        }
        return message;
    }

    private static Charset charset(@Nullable String encoding) {
        try {
            return encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new ProtocolException(
                    "unsupported content encoding '" + encoding + "', expected " + CONTENT_ENCODING, e);
        }
    }

    private static char[] decode(byte[] body, Charset charset) {
        try {
            CharBuffer text = charset.newDecoder().decode(ByteBuffer.wrap(body));
            return Arrays.copyOfRange(text.array(), text.arrayOffset(), text.arrayOffset() + text.length());
        } catch (CharacterCodingException e) {
            throw new ProtocolException("the body is not valid " + charset + " text", e);
        }
    }
}
