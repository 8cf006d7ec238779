package dev.parley.net.websocket;

import dev.parley.net.http.InflatedContent;
import dev.parley.spi.Decoding;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The extension permessage-deflate (RFC 7692), always without context takeover: no state is kept from one message to the
 * next, which would take some 300 KiB for each connection and let one message influence the size of another. Stateless
 * and thread-safe.
 */
final class Deflate {
    /** What a client offers, and a server agrees to. */
    static final String HEADER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static final String NAME = "permessage-deflate";
    private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";
    private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";
    private static final String SERVER_BITS = "server_max_window_bits";
    private static final String CLIENT_BITS = "client_max_window_bits";

    /** What a compressed message ends with, and is sent without. */
    private static final byte[] TAIL = {0, 0, -1, -1};

    private Deflate() {}

    /**
     * A server's response to the offers of a client; {@code null} if it has to do without. An offer that asks for a
     * smaller window is not met, because the JDK compresses with the largest only.
     */
    static @Nullable String answer(@Nullable String offers) {
        for (WebSocketExtensionData offer : parse(offers)) {
            if (offer.name().equalsIgnoreCase(NAME) && isAcceptable(offer.parameters())) {
                return offer.parameters().containsKey(SERVER_BITS) ? HEADER + "; " + SERVER_BITS + "=15" : HEADER;
            }
        }
        return null;
    }

    private static boolean isAcceptable(Map<String, String> parameters) {
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String value = parameter.getValue();
            boolean acceptable = switch (parameter.getKey()) {
                case SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT -> value == null;
                case SERVER_BITS -> "15".equals(value);
                case CLIENT_BITS -> value == null || value.matches("[89]|1[0-5]");
                default -> false;
            };
            if (!acceptable) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a server has agreed to the offer of a client.
     *
     * @throws IllegalArgumentException if it agrees to something that was not offered
     */
    static boolean isAgreed(@Nullable String response, boolean offered) {
        List<WebSocketExtensionData> agreed = parse(response);
        if (agreed.isEmpty()) {
            return false;
        }
        Map<String, String> parameters = agreed.getFirst().parameters();
        boolean known = offered
                && agreed.size() == 1
                && agreed.getFirst().name().equalsIgnoreCase(NAME)
                && parameters.containsKey(SERVER_NO_CONTEXT)
                && !parameters.containsKey(CLIENT_BITS)
                && parameters.keySet().stream()
                        .allMatch(name -> name.equals(SERVER_NO_CONTEXT)
                                || name.equals(CLIENT_NO_CONTEXT)
                                || name.equals(SERVER_BITS));
        if (!known) {
            throw new IllegalArgumentException("the server uses the extension \"" + response + "\", but "
                    + (offered ? HEADER : "none") + " was offered");
        }
        return true;
    }

    private static List<WebSocketExtensionData> parse(@Nullable String header) {
        return header == null || header.isBlank() ? List.of() : WebSocketExtensionUtil.extractExtensions(header);
    }

    /** The payload of a compressed message. */
    static byte[] deflate(byte[] message) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(message);
            byte[] out = new byte[Math.max(64, message.length / 4)];
            int length = 0;
            while (true) {
                length += deflater.deflate(out, length, out.length - length, Deflater.SYNC_FLUSH);
                if (length < out.length) {
                    return Arrays.copyOf(out, length - TAIL.length);
                }
                out = Arrays.copyOf(out, out.length * 2);
            }
        } finally {
            deflater.end();
        }
    }

    /**
     * The message of a compressed payload. Stops as soon as it exceeds the limit, so that a small payload cannot expand
     * into a huge message.
     *
     * @param decoding is charged for the message, and ends the inflating of one that nobody wants any more
     * @throws InflatedContent.TooLargeException if the message has more bytes than the limit
     * @throws DataFormatException if the payload is malformed
     */
    static byte[] inflate(byte[] payload, int limit, Decoding decoding)
            throws InflatedContent.TooLargeException, DataFormatException {
        InflatedContent content = new InflatedContent(payload.length * 4L, limit, decoding);
        Inflater inflater = new Inflater(true);
        boolean complete = false;
        try {
            boolean tail = false;
            inflater.setInput(payload);
            while (true) {
                int more = content.inflate(inflater);
                if (inflater.finished()) {
                    // One byte may follow a final block (RFC 7692 §7.2.3.4).
                    if (!tail && inflater.getRemaining() > 1) {
                        throw new DataFormatException("there is data after the end of the compressed message");
                    }
                    complete = true;
                    return content.take();
                }
                if (inflater.needsDictionary()) {
                    throw new DataFormatException("a dictionary is needed");
                }
                if (more == 0) {
                    if (tail) {
                        complete = true;
                        return content.take();
                    } else if (!inflater.needsInput()) {
                        throw new DataFormatException("the compressed message makes no progress");
                    }
                    tail = true;
                    inflater.setInput(TAIL);
                }
            }
        } finally {
            inflater.end();
            if (!complete) {
                content.drop();
            }
        }
    }
}
