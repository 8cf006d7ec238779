package dev.parley.net.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The content codings gzip and deflate. Decoding stops as soon as the content exceeds its limit, so that a small body
 * cannot expand into a huge one. Stateless and thread-safe.
 */
public final class ContentCoding {
    private ContentCoding() {}

    /** The decoded content exceeds the limit. */
    public static final class TooLargeException extends IOException {
        TooLargeException(int limit) {
            super("the decoded content exceeds the limit of " + limit + " bytes");
        }
    }

    /**
     * Whether the value of {@code Content-Encoding} stands for no coding: also a charset, which some programs write
     * there.
     */
    public static boolean isIdentity(@Nullable String coding) {
        if (coding == null || coding.isBlank()) {
            return true;
        }
        return switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "identity", "none", "utf-8", "utf8", "us-ascii", "iso-8859-1" -> true;
            default -> false;
        };
    }

    /** Whether {@link #decode} supports the coding. */
    public static boolean isKnown(String coding) {
        return switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip", "deflate" -> true;
            default -> false;
        };
    }

    /**
     * Decodes content.
     *
     * @param limit the largest decoded size in bytes
     * @throws TooLargeException if the decoded content exceeds the limit
     * @throws IOException if the data is malformed or truncated, or the coding is unsupported
     */
    public static byte[] decode(String coding, byte[] data, int limit) throws IOException {
        try (InputStream in = open(coding.strip().toLowerCase(Locale.ROOT), data)) {
            byte[] out = new byte[(int) Math.clamp(data.length * 4L, 512, Math.min(limit, 1 << 20) + 1L)];
            int length = 0;
            while (true) {
                int read = in.read(out, length, out.length - length);
                if (read < 0) {
                    return Arrays.copyOf(out, length);
                }
                length += read;
                if (length > limit) {
                    throw new TooLargeException(limit);
                }
                if (length == out.length) {
                    out = Arrays.copyOf(out, (int) Math.min(length * 2L, limit + 1L));
                }
            }
        }
    }

    private static InputStream open(String coding, byte[] data) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(data);
        return switch (coding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(in, 4096);
            // By deflate RFC 9110 means zlib, but several peers send raw deflate. A zlib header has method 8 and is a
            // multiple of 31.
            case "deflate" -> {
                boolean zlib = data.length >= 2
                        && (data[0] & 0x0f) == 8
                        && (((data[0] & 0xff) << 8) | (data[1] & 0xff)) % 31 == 0;
                yield zlib ? new InflaterInputStream(in) : new RawInflaterStream(in, new Inflater(true));
            }
            default ->
                throw new IOException("unsupported content coding " + coding + "; supported are gzip and deflate");
        };
    }

    /** Encodes data in gzip. */
    public static byte[] gzip(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(256, data.length / 4));
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, 4096)) {
            gzip.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Whether the value of an {@code Accept-Encoding} field allows the coding; a quality of 0 forbids it. */
    public static boolean isAccepted(@Nullable String accepted, String coding) {
        if (accepted == null) {
            return false;
        }
        boolean any = false;
        for (String item : accepted.split(",")) {
            String[] parts = item.strip().split(";", 2);
            boolean named = parts[0].strip().equalsIgnoreCase(coding);
            if (named || parts[0].strip().equals("*")) {
                boolean allowed = parts.length == 1 || !isZeroQuality(parts[1]);
                if (named) {
                    return allowed;
                }
                any = allowed;
            }
        }
        return any;
    }

    private static boolean isZeroQuality(String parameters) {
        return parameters.strip().replace(" ", "").matches("(?i)q=0(\\.0*)?");
    }

    /** Frees the native memory of its inflater, which the JDK's class does only for an inflater that it created. */
    private static final class RawInflaterStream extends InflaterInputStream {
        RawInflaterStream(InputStream in, Inflater inflater) {
            super(in, inflater);
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }
}
