package dev.parley.net.http;

import dev.parley.spi.Decoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The content codings gzip and deflate. Decoding stops as soon as the content exceeds its limit, so that a small body
 * cannot expand into a huge one. Stateless and thread-safe.
 */
public final class ContentCoding {
    /** What is wrong with data that ends early. */
    static final String TRUNCATED = "it ends before the end of the compressed data";

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
     * Decodes content: all of it must be of the coding, several members of gzip included.
     *
     * @param limit the largest decoded size in bytes
     * @param decoding is charged for the decoded content, and ends the decoding of one that nobody wants any more
     * @throws TooLargeException if the decoded content exceeds the limit
     * @throws IOException if the data is malformed or truncated, or the coding is unsupported
     */
    public static byte[] decode(String coding, byte[] data, int limit, Decoding decoding) throws IOException {
        String name = coding.strip().toLowerCase(Locale.ROOT);
        try {
            return switch (name) {
                case "gzip", "x-gzip" -> ContentInflater.gzip(data, limit, decoding);
                case "deflate" -> ContentInflater.deflate(data, limit, decoding);
                default ->
                    throw new IOException("unsupported content coding " + name + "; supported are gzip and deflate");
            };
        } catch (InflatedContent.TooLargeException e) {
            throw new TooLargeException(limit);
        }
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
}
