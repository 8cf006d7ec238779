package dev.parley.oslo.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/**
 * What is needed of Apache Commons Compress. A class of its own, which is linked only when it is used, because the
 * library is optional. Stateless, and safe for use by any thread.
 */
final class CommonsCompress {
    /** As much memory as the highest level of xz needs; what a message asks for beyond that is refused. */
    private static final int MAX_MEMORY_KIB = 100 << 10;

    private CommonsCompress() {}

    /**
     * Decompresses a stream.
     *
     * @param name the method as the library calls it
     * @param method for the error if the library that it needs in turn is missing
     */
    static InputStream read(String name, InputStream in, Compression method) throws IOException {
        try {
            return new CompressorStreamFactory(false, MAX_MEMORY_KIB).createCompressorInputStream(name, in);
        } catch (CompressorException e) {
            Throwable cause = e.getCause();
            if (cause == null || cause instanceof CompressorException) {
                // The library tells so if it lacks another one; data that it cannot read are another kind of cause.
                throw method.missing(e);
            }
            throw new IOException(String.valueOf(cause.getMessage()), e);
        }
    }

    static OutputStream bzip2(OutputStream out) throws IOException {
        return new BZip2CompressorOutputStream(out);
    }
}
