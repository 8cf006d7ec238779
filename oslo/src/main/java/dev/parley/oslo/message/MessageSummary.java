package dev.parley.oslo.message;

import dev.parley.oslo.topology.ShortString;
import dev.parley.spi.format.IsolatedJsonFactory;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * The few short members that tell what a message is and who waits for its outcome. They can be read although the
 * message is too large, nested too deeply or malformed further on: it is read as a stream, of which nothing else is
 * kept. Immutable, and safe for use by any thread.
 *
 * @param msgId the id that a reply must carry, or that a reply carries; {@code null} if there is none
 * @param replyQueue the queue of the caller, {@code null} if there is none
 * @param hasTimeout whether a request has a {@code _timeout}; see {@link Request#hasTimeout}
 * @param method the method of a request, {@code null} if there is none
 * @param eventType the type of a notification, {@code null} if there is none
 */
public record MessageSummary(
        @Nullable String msgId,
        @Nullable String replyQueue,
        boolean hasTimeout,
        @Nullable String method,
        @Nullable String eventType) {
    private static final JsonFactory JSON = new IsolatedJsonFactory(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(-1)
                    .maxTokenCount(-1)
                    .maxStringLength(1024)
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS));

    /**
     * Reads what can be read. Never throws.
     *
     * @param maxBytes how many bytes to read at most, counted after decompression
     */
    public static MessageSummary read(Content content, long maxBytes) {
        Reading reading = new Reading();
        try (InputStream body = new Prefix(plain(content), maxBytes);
                JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            long at = reading.members(json);
            if (at >= 0) {
                inner(content, at, maxBytes, reading);
            }
        } catch (RuntimeException | IOException | LinkageError e) {
            // Also where a library for the compression is missing. Whatever was found before this place counts.
        }
        return reading.summary();
    }

    private static void inner(Content content, long at, long maxBytes, Reading reading) throws IOException {
        try (InputStream body = new Prefix(plain(content), maxBytes)) {
            body.skipNBytes(at + 1);
            Reader text = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), new Unescaped(text))) {
                long unused = reading.members(json);
            }
        }
    }

    private static InputStream plain(Content content) throws IOException {
        String compression = content.compression();
        return compression == null
                ? new ByteArrayInputStream(content.body())
                : Compression.ofHeader(compression).decompressing(content.body());
    }

    /** What was found so far. */
    private static final class Reading {
        private @Nullable String msgId;
        private @Nullable String replyQueue;
        private boolean hasTimeout;
        private @Nullable String method;
        private @Nullable String eventType;

        /** Reads the members of an object; returns the offset of the message in an envelope, -1 if it is none. */
        long members(JsonParser json) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return -1;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                if (name.equals("oslo.message") && token == JsonToken.VALUE_STRING) {
                    return json.currentTokenLocation().getByteOffset();
                }
                switch (name) {
                    case "_msg_id" -> msgId = text(token, json);
                    case "_reply_q" -> replyQueue = text(token, json);
                    case "_timeout" -> hasTimeout = true;
                    case "method" -> method = text(token, json);
                    case "event_type" -> eventType = text(token, json);
                    default -> {
                        // Not of interest.
                    }
                }
                json.skipChildren();
            }
            return -1;
        }

        private static @Nullable String text(JsonToken token, JsonParser json) {
            String value = token == JsonToken.VALUE_STRING ? json.getString() : null;
            return value == null || !ShortString.fits(value) ? null : value;
        }

        MessageSummary summary() {
            return new MessageSummary(msgId, replyQueue, hasTimeout, method, eventType);
        }
    }

    /** The first bytes of a stream. Not thread-safe. */
    private static final class Prefix extends InputStream {
        private final InputStream source;
        private long left;

        Prefix(InputStream source, long length) {
            this.source = source;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? source.read() : -1;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int count = left <= 0 ? -1 : source.read(buffer, from, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    /** The content of a JSON string, from its first character to the closing quote. Not thread-safe. */
    private static final class Unescaped extends Reader {
        private final Reader source;
        private boolean ended;

        Unescaped(Reader source) {
            this.source = source;
        }

        @Override
        public int read(char[] buffer, int from, int length) throws IOException {
            int count = 0;
            while (count < length && !ended) {
                int next = source.read();
                if (next < 0 || next == '"') {
                    ended = true;
                } else {
                    buffer[from + count++] = next == '\\' ? escaped() : (char) next;
                }
            }
            return count == 0 && ended ? -1 : count;
        }

        private char escaped() throws IOException {
            int code = source.read();
            return switch (code) {
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> {
                    int value = 0;
                    for (int i = 0; i < 4; i++) {
                        int digit = Character.digit(source.read(), 16);
                        if (digit < 0) {
                            throw new IOException("malformed escape");
                        }
                        value = value * 16 + digit;
                    }
                    yield (char) value;
                }
                default -> (char) code;
            };
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
