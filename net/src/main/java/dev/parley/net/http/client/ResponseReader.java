package dev.parley.net.http.client;

import dev.parley.OverloadedException;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.Decoding;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.PrintableText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.x responses from one connection, buffered. Not thread-safe. */
final class ResponseReader {
    /** How much of a malformed line an error quotes, in {@code char}s. */
    private static final int MAX_QUOTED = 60;

    private static final int MAX_HEAD = 64 << 10;
    private static final byte[] EMPTY = {};

    private final InputStream in;
    private final int maxBody;
    private final byte[] buffer = new byte[8 << 10];
    private int position;
    private int end;
    private boolean reusable;
    private volatile boolean received;
    private BeforeRead beforeRead = () -> {};
    /** What the response that is read holds of the memory budget; {@code null} while it is small. */
    private @Nullable MessageCharge charge;

    /** Runs before each blocking read, to set the remaining time. */
    interface BeforeRead {
        void run() throws IOException;
    }

    /** The response is malformed or exceeds a limit. */
    static final class MalformedException extends IOException {
        MalformedException(String message) {
            super(message);
        }
    }

    ResponseReader(InputStream in, int maxBody) {
        this.in = in;
        this.maxBody = maxBody;
    }

    /** Whether a further request may follow on the connection. */
    boolean isReusable() {
        return reusable;
    }

    /** A request is sent: nothing of the response to it has been received. */
    void expect() {
        received = false;
    }

    /** Whether anything has been received since. Any thread may ask. */
    boolean hasReceived() {
        return received;
    }

    /** Whether nothing has been buffered beyond the last response. */
    boolean isDrained() {
        return position == end;
    }

    /**
     * Reads the response to a request, skipping interim responses.
     *
     * @param method the request's method, because a response to {@code HEAD} has no body
     * @throws MalformedException if the response is malformed or exceeds a limit
     * @throws IOException if the connection ends or fails
     * @throws OverloadedException if the memory budget has no room for it
     */
    HttpResponse read(String method, BeforeRead before) throws IOException {
        beforeRead = before;
        reusable = false;
        try {
            return read(method);
        } catch (OverloadedException e) {
            reusable = false;
            throw new OverloadedException("no memory to receive the response: " + e.getMessage());
        } finally {
            if (charge != null) {
                charge.close();
                charge = null;
            }
        }
    }

    /** The body with more room, which is charged before it is taken if it is much. */
    private byte[] grown(byte[] body, int capacity) {
        if (capacity <= LargeMessages.LARGE) {
            return Arrays.copyOf(body, capacity);
        }
        MessageCharge held = charge;
        if (held == null) {
            held = MessageCharge.of(MemoryBudget.process());
            charge = held;
        }
        held.add(capacity);
        byte[] larger = Arrays.copyOf(body, capacity);
        held.subtract(body.length > LargeMessages.LARGE ? body.length : 0);
        return larger;
    }

    private HttpResponse read(String method) throws IOException {
        while (true) {
            String statusLine = line(MAX_HEAD);
            int status = status(statusLine);
            Headers headers = headers();
            if (status >= 200) {
                return read(method, statusLine, status, headers);
            }
            if (status == 101) {
                throw new MalformedException("status 101 without a request to upgrade");
            }
        }
    }

    private HttpResponse read(String method, String statusLine, int status, Headers headers) throws IOException {
        boolean keepAlive = statusLine.startsWith("HTTP/1.0")
                ? headers.hasToken("connection", "keep-alive")
                : !headers.hasToken("connection", "close");
        byte[] body;
        if (method.equals("HEAD") || status == 204 || status == 304) {
            body = EMPTY;
        } else if (headers.contains("transfer-encoding")) {
            List<String> codings = headers.all("transfer-encoding");
            if (codings.size() != 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")) {
                throw new MalformedException("unsupported Transfer-Encoding " + codings + "; supported is chunked");
            }
            body = chunked();
            // Chunks and a length: the next response may start elsewhere (response splitting, RFC 9112 §6.3).
            keepAlive &= !headers.contains("content-length");
        } else {
            int length = contentLength(headers);
            if (length >= 0) {
                body = exactly(length);
            } else {
                body = toEnd();
                keepAlive = false;
            }
        }
        reusable = keepAlive;
        String coding = headers.first("content-encoding");
        if (coding != null && !ContentCoding.isIdentity(coding) && body.length > 0) {
            body = decode(coding, body);
        }
        return new HttpResponse(status, headers, body);
    }

    private byte[] decode(String coding, byte[] body) throws MalformedException {
        try (MessageCharge inflated = MessageCharge.of(MemoryBudget.process());
                Decoding decoding = Decoding.unlimited(inflated)) {
            return ContentCoding.decode(coding, body, maxBody, decoding);
        } catch (IOException e) {
            throw new MalformedException("Content-Encoding " + coding + ": " + e.getMessage());
        }
    }

    private static int status(String line) throws MalformedException {
        boolean ok = line.length() >= 12 && line.startsWith("HTTP/1.") && line.charAt(8) == ' ';
        int status = 0;
        for (int i = 9; i < 12 && ok; i++) {
            ok = line.charAt(i) >= '0' && line.charAt(i) <= '9';
            status = status * 10 + line.charAt(i) - '0';
        }
        if (!ok || status < 100 || (line.length() > 12 && line.charAt(12) != ' ')) {
            throw new MalformedException(
                    "expected a status line, got \"" + PrintableText.line(line, MAX_QUOTED) + "\"");
        }
        return status;
    }

    private Headers headers() throws IOException {
        List<String> fields = new ArrayList<>(16);
        int left = MAX_HEAD;
        while (true) {
            String line = line(left);
            if (line.isEmpty()) {
                return Headers.parsed(fields);
            }
            left -= line.length() + 2;
            char first = line.charAt(0);
            if (first == ' ' || first == '\t') {
                if (fields.isEmpty()) {
                    throw new MalformedException("the first header line starts with white space");
                }
                // Obsolete line folding, which a client reads as a space (RFC 9112 §5.2).
                fields.set(fields.size() - 1, fields.getLast() + " " + line.strip());
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new MalformedException(
                        "a header line has no name: \"" + PrintableText.line(line, MAX_QUOTED) + "\"");
            }
            fields.add(line.substring(0, colon).strip());
            fields.add(line.substring(colon + 1).strip());
        }
    }

    /** The length that the header fields announce; -1 if they announce none. */
    private int contentLength(Headers headers) throws MalformedException {
        String known = null;
        for (String field : headers.all("content-length")) {
            for (String value : field.split(",", -1)) {
                String digits = value.strip();
                if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    throw new MalformedException(
                            "Content-Length \"" + PrintableText.line(field, MAX_QUOTED) + "\" is not a number");
                }
                if (known != null && !known.equals(digits)) {
                    throw new MalformedException("Content-Length is both " + known + " and " + digits);
                }
                known = digits;
            }
        }
        if (known == null) {
            return -1;
        }
        long length = known.length() > 18 ? Long.MAX_VALUE : Long.parseLong(known);
        if (length > maxBody) {
            throw tooLarge();
        }
        return (int) length;
    }

    private MalformedException tooLarge() {
        return new MalformedException("the body exceeds the limit of " + maxBody + " bytes");
    }

    private byte[] exactly(int length) throws IOException {
        // Grows with the data received, so that an announced length alone costs nothing.
        byte[] body = new byte[Math.min(length, 64 << 10)];
        int have = 0;
        while (have < length) {
            if (have == body.length) {
                body = grown(body, (int) Math.min(length, have * 2L));
            }
            have += some(body, have, Math.min(body.length, length) - have);
        }
        return body;
    }

    private byte[] chunked() throws IOException {
        byte[] body = EMPTY;
        int have = 0;
        while (true) {
            int size = chunkSize(line(4096));
            if (size == 0) {
                headers();
                return have == body.length ? body : Arrays.copyOf(body, have);
            }
            if (size > maxBody - have) {
                throw tooLarge();
            }
            int end = have + size;
            while (have < end) {
                if (have == body.length) {
                    body = grown(body, (int) Math.min(maxBody, Math.max(have * 2L, Math.min(end, have + (64L << 10)))));
                }
                have += some(body, have, Math.min(end, body.length) - have);
            }
            endOfChunk();
        }
    }

    private void endOfChunk() throws IOException {
        byte next = next();
        if (next == '\r') {
            next = next();
        }
        if (next != '\n') {
            throw new MalformedException("a chunk is longer than its announced size");
        }
    }

    private byte next() throws IOException {
        if (position == end) {
            fill();
        }
        return buffer[position++];
    }

    private int chunkSize(String line) throws MalformedException {
        int semicolon = line.indexOf(';');
        String digits = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        if (digits.isEmpty()
                || digits.length() > 15
                || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
            throw new MalformedException(
                    "chunk size \"" + PrintableText.line(line, MAX_QUOTED) + "\" is not a hexadecimal number");
        }
        long size = Long.parseLong(digits, 16);
        if (size > maxBody) {
            throw tooLarge();
        }
        return (int) size;
    }

    private byte[] toEnd() throws IOException {
        byte[] body = new byte[4096];
        int have = 0;
        while (true) {
            if (have == body.length) {
                body = grown(body, (int) Math.min(maxBody + 1L, have * 2L));
            }
            int read = read(body, have, body.length - have);
            if (read < 0) {
                return Arrays.copyOf(body, have);
            }
            have += read;
            if (have > maxBody) {
                throw tooLarge();
            }
        }
    }

    /** Reads a line, which ends with CRLF or a bare LF, and returns it without the end. */
    private String line(int limit) throws IOException {
        StringBuilder longLine = null;
        while (true) {
            for (int i = position; i < end; i++) {
                if (buffer[i] == '\n') {
                    int stop = i > position && buffer[i - 1] == '\r' ? i - 1 : i;
                    String part = new String(buffer, position, stop - position, StandardCharsets.ISO_8859_1);
                    position = i + 1;
                    if (longLine == null) {
                        return part;
                    }
                    longLine.append(part);
                    int last = longLine.length() - 1;
                    if (stop == i && part.isEmpty() && last >= 0 && longLine.charAt(last) == '\r') {
                        longLine.setLength(last);
                    }
                    return longLine.toString();
                }
            }
            if (longLine == null) {
                longLine = new StringBuilder();
            }
            longLine.append(new String(buffer, position, end - position, StandardCharsets.ISO_8859_1));
            if (longLine.length() > limit) {
                throw new MalformedException("the head exceeds the limit of " + MAX_HEAD + " bytes");
            }
            position = end;
            fill();
        }
    }

    private int some(byte[] target, int offset, int length) throws IOException {
        int read = read(target, offset, length);
        if (read < 0) {
            throw new EOFException("the peer closed it during a response");
        }
        return read;
    }

    /** Reads from the buffer if it has data, else directly. */
    private int read(byte[] target, int offset, int length) throws IOException {
        if (position < end) {
            int read = Math.min(length, end - position);
            System.arraycopy(buffer, position, target, offset, read);
            position += read;
            return read;
        }
        beforeRead.run();
        return in.read(target, offset, length);
    }

    private void fill() throws IOException {
        beforeRead.run();
        int read = in.read(buffer, 0, buffer.length);
        if (read < 0) {
            throw new EOFException("the peer closed it before the end of the response");
        }
        position = 0;
        end = read;
        if (!received) {
            received = true;
        }
    }

    /** Reads the head of a proxy's response to CONNECT and not a byte more. */
    static int readTunnelStatus(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < MAX_HEAD) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the proxy closed the connection");
            }
            head.append((char) b);
            if (b == '\n'
                    && (head.toString().endsWith("\r\n\r\n") || head.toString().endsWith("\n\n"))) {
                return status(head.toString().lines().findFirst().orElse(""));
            }
        }
        throw new MalformedException("the head of the proxy's response exceeds the limit of " + MAX_HEAD + " bytes");
    }
}
