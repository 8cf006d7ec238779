package dev.parley.interop.dialects;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.net.http.ContentCoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One file of the resource folder {@code dialects}: who sends it, what is right, and the message. Immutable.
 *
 * @param name the file's name, for the reports of tests
 * @param fields the lines {@code name: value} before the message
 * @param message the message as it stands in the file
 */
record Dialect(String name, Map<String, List<String>> fields, String message) {
    private static final String SEPARATOR = "\n---\n";
    private static final Pattern BYTES = Pattern.compile("⟨([0-9a-f ]*)⟩");
    private static final int CHUNK = 17;

    /** All files of a folder, in the order of their names. */
    static Stream<Dialect> all(String folder) {
        try (Stream<Path> files =
                Files.list(Path.of(Objects.requireNonNull(Dialect.class.getResource("/dialects/" + folder), folder)
                        .toURI()))) {
            return files.sorted().map(Dialect::read).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Dialect read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int at = text.indexOf(SEPARATOR);
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String line : text.substring(0, at).split("\n")) {
            int colon = line.indexOf(": ");
            fields.computeIfAbsent(line.substring(0, colon), n -> new ArrayList<>())
                    .add(line.substring(colon + 2));
        }
        return new Dialect(String.valueOf(file.getFileName()), fields, text.substring(at + SEPARATOR.length()));
    }

    /** The one value of a field; {@code null} if there is none. */
    @Nullable
    String field(String field) {
        List<String> values = fields.get(field);
        return values == null ? null : values.getFirst();
    }

    String field(String field, String fallback) {
        String value = field(field);
        return value == null ? fallback : value;
    }

    /** The message of a stream, without the line end that ends the file. */
    byte[] stream() {
        return bytes(message.replaceFirst("\n$", ""), UTF_8);
    }

    /** A request or response of HTTP, with its length, unless the file says otherwise. */
    byte[] http() {
        int blank = message.indexOf("\n\n");
        String head = message.substring(0, blank);
        byte[] body =
                bytes(message.substring(blank + 2).replaceFirst("\n$", ""), Charset.forName(field("charset", "UTF-8")));
        if (field("coding", "").equals("gzip")) {
            body = ContentCoding.gzip(body);
        }
        String lower = "\n" + head.toLowerCase(Locale.ROOT);
        if (lower.contains("\ntransfer-encoding: chunked")) {
            body = chunked(body);
        } else if (!lower.contains("\ncontent-length:") && !field("length", "").equals("none")) {
            head += "\nContent-Length: " + body.length;
        }
        String end = field("line-end", "crlf").equals("lf") ? "\n" : "\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(head.replace("\n", end) + end + end, ISO_8859_1));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] chunked(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += CHUNK) {
            int size = Math.min(CHUNK, body.length - at);
            out.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
            out.write(body, at, size);
            out.writeBytes("\r\n".getBytes(ISO_8859_1));
        }
        out.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    /** The bytes of a text, in which {@code ⟨0d 0a⟩} stands for these bytes themselves. */
    private static byte[] bytes(String text, Charset charset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Matcher bytes = BYTES.matcher(text);
        int at = 0;
        while (bytes.find()) {
            out.writeBytes(text.substring(at, bytes.start()).getBytes(charset));
            out.writeBytes(HexFormat.of().parseHex(bytes.group(1).replace(" ", "")));
            at = bytes.end();
        }
        out.writeBytes(text.substring(at).getBytes(charset));
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
