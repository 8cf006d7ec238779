package dev.parley.oslo.message;

import dev.parley.InvalidTargetException;
import dev.parley.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * How the body of a message is compressed: kombu's methods under kombu's names. All of them can be read, {@link #ZLIB}
 * and {@link #BZIP2} also written. All but {@code ZLIB} need optional libraries. Immutable.
 */
public enum Compression {
    /** zlib data, which kombu calls gzip although it is not gzip. */
    ZLIB("application/x-gzip", "", "gzip", "zlib"),
    /** bzip2. */
    BZIP2("application/x-bz2", "org.apache.commons:commons-compress", "bz2", "bzip2", "bzip"),
    /** xz, or the older lzma format. */
    LZMA("application/x-lzma", "org.apache.commons:commons-compress and org.tukaani:xz", "lzma", "xz"),
    /** Zstandard. */
    ZSTD("application/zstd", "org.apache.commons:commons-compress and com.github.luben:zstd-jni", "zstd", "zstandard"),
    /** Brotli. */
    BROTLI("application/x-brotli", "org.apache.commons:commons-compress and org.brotli:dec", "brotli");

    private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};

    private final String header;
    private final String libraries;
    private final List<String> names;

    Compression(String header, String libraries, String... names) {
        this.header = header;
        this.libraries = libraries;
        this.names = List.of(names);
    }

    /** The value of the header {@code compression}. */
    public String header() {
        return header;
    }

    /**
     * The method that a header names, by kombu's content type or by one of its short names.
     *
     * @throws ProtocolException if there is none
     */
    static Compression ofHeader(String value) {
        return Arrays.stream(values())
                .filter(each -> each.header.equals(value) || each.names.contains(value))
                .findFirst()
                .orElseThrow(() -> new ProtocolException("unsupported compression '" + value + "', expected one of "
                        + Arrays.stream(values()).map(Compression::header).collect(Collectors.joining(", "))));
    }

    /**
     * The method of an option {@code kombu_compression}.
     *
     * @throws InvalidTargetException if it cannot be written, or its library is missing
     */
    public static Compression ofOption(String value) {
        Compression method = Stream.of(ZLIB, BZIP2)
                .filter(each -> each.names.contains(value))
                .findFirst()
                .orElseThrow(() -> new InvalidTargetException("option kombu_compression=" + value
                        + " must be gzip or bz2: other methods are read, but not written"));
        try {
            method.compress(new byte[0]);
        } catch (ProtocolException e) {
            throw new InvalidTargetException("option kombu_compression=" + value + ": " + e.getMessage(), e);
        }
        return method;
    }

    /**
     * Compresses a body.
     *
     * @throws ProtocolException if a library is missing
     * @throws UnsupportedOperationException if this method cannot be written
     */
    public byte[] compress(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 2 + 32);
        try (OutputStream out = compressing(bytes)) {
            out.write(body);
        } catch (LinkageError e) {
            throw missing(e);
        } catch (IOException e) {
            throw new AssertionError("a byte array does no I/O", e);
        }
        return bytes.toByteArray();
    }

    private OutputStream compressing(OutputStream out) throws IOException {
        return switch (this) {
            case ZLIB -> new DeflaterOutputStream(out);
            case BZIP2 -> CommonsCompress.bzip2(out);
            case LZMA, ZSTD, BROTLI -> throw new UnsupportedOperationException(this + " cannot be written");
        };
    }

    /**
     * Decompresses a body.
     *
     * @param maxBytes the maximum size of the result; not much more than that is ever decompressed
     * @throws ProtocolException if the data are invalid, the result is larger, or a library is missing
     */
    byte[] decompress(byte[] body, int maxBytes) {
        byte[] result;
        try (InputStream in = decompressing(body)) {
            // One byte more shows that it is too large without decompressing all of it.
            result = in.readNBytes(maxBytes == Integer.MAX_VALUE ? maxBytes : maxBytes + 1);
        } catch (LinkageError e) {
            throw missing(e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof ProtocolException protocol) {
                throw protocol;
            }
            // Malformed data make some of the libraries throw runtime exceptions.
            throw new ProtocolException(
                    "the body is not valid data of compression " + header + ": " + e.getMessage(), e);
        }
        if (result.length > maxBytes) {
            String error = "a message of more than " + maxBytes + " bytes when decompressed from " + body.length
                    + " exceeds the limit of " + maxBytes;
            throw new ProtocolException(error, new StreamConstraintsException(error));
        }
        return result;
    }

    /**
     * The decompressed body, without a limit.
     *
     * @throws LinkageError if a library is missing
     */
    InputStream decompressing(byte[] body) throws IOException {
        InputStream in = new ByteArrayInputStream(body);
        return switch (this) {
            case ZLIB -> new InflaterInputStream(in);
            case BZIP2 -> CommonsCompress.read("bzip2", in, this);
            case LZMA -> CommonsCompress.read(isXz(body) ? "xz" : "lzma", in, this);
            case ZSTD -> CommonsCompress.read("zstd", in, this);
            case BROTLI -> CommonsCompress.read("br", in, this);
        };
    }

    private static boolean isXz(byte[] body) {
        return body.length >= XZ.length && Arrays.equals(body, 0, XZ.length, XZ, 0, XZ.length);
    }

    /** The error if a library is missing. */
    ProtocolException missing(Throwable cause) {
        return new ProtocolException("compression " + header + " needs " + libraries + " on the class path", cause);
    }
}
